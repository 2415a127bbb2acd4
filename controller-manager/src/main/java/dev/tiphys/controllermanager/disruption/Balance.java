package dev.tiphys.controllermanager.disruption;

import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.policy.v1.PodDisruptionBudgetSpec;
import dev.tiphys.api.value.IntOrString;
import dev.tiphys.controllermanager.common.Absent;
import dev.tiphys.controllermanager.pod.Pods;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a budget comes to.
 *
 * @param expected how many pods there should be
 * @param desired how many of them must be healthy
 * @param healthy how many are, and are not being evicted
 * @param allowed how many evictions may follow
 * @param disrupted pods whose eviction was allowed and which are not seen to go yet, and since when
 */
record Balance(
    int expected, int desired, int healthy, int allowed, Map<String, Instant> disrupted) {

  /** A pod whose eviction was allowed this long ago and that lives on counts again. */
  static final Duration UNCONFIRMED = Duration.ofMinutes(2);

  /**
   * Draws the balance.
   *
   * @param pods those that the budget selects and that have not ended
   * @param before what was noted of evictions
   * @param expectedOf how many pods there should be; asked only where the budget depends on it
   */
  static Balance of(
      PodDisruptionBudgetSpec budget,
      Collection<Pod> pods,
      Map<String, Instant> before,
      ToIntFunction<Collection<Pod>> expectedOf,
      Instant now) {
    Map<String, Instant> disrupted = unconfirmed(pods, before, now);
    int healthy =
        (int)
            pods.stream()
                .filter(pod -> !Pods.terminating(pod) && Pods.ready(pod))
                .filter(pod -> !disrupted.containsKey(Absent.empty(pod.metadata().name())))
                .count();
    int expected;
    int desired;
    IntOrString most = budget.maxUnavailable();
    IntOrString least = budget.minAvailable();
    if (most != null) {
      expected = expectedOf.applyAsInt(pods);
      desired = Math.max(0, expected - share(most, expected));
    } else if (least != null && least.number() == null) {
      expected = expectedOf.applyAsInt(pods);
      desired = share(least, expected);
    } else {
      expected = pods.size();
      desired = share(least, expected);
    }
    int allowed = expected <= 0 ? 0 : Math.max(0, healthy - desired);
    return new Balance(expected, desired, healthy, allowed, Map.copyOf(disrupted));
  }

  private static Map<String, Instant> unconfirmed(
      Collection<Pod> pods, Map<String, Instant> before, Instant now) {
    Map<String, Instant> still = new TreeMap<>();
    for (Pod pod : pods) {
      String name = Absent.empty(pod.metadata().name());
      Instant since = before.get(name);
      if (since != null && !Pods.terminating(pod) && now.isBefore(since.plus(UNCONFIRMED))) {
        still.put(name, since);
      }
    }
    return still;
  }

  /** A number, or a percentage of a whole, rounded up. */
  private static int share(@Nullable IntOrString share, int whole) {
    if (share == null) {
      return 0;
    }
    Integer number = share.number();
    if (number != null) {
      return number;
    }
    long percent = Long.parseLong(share.toString().replace("%", ""));
    return Math.toIntExact((percent * whole + 99) / 100);
  }
}
