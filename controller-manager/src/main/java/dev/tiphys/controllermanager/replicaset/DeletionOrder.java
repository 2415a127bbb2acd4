package dev.tiphys.controllermanager.replicaset;

import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodCondition;
import dev.tiphys.controllermanager.pod.Pods;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which pods go first when there are too many: those whose loss costs least, by the rules
 * documented for ReplicaSets.
 */
final class DeletionOrder {

  /** The annotation by which users give pods a cost (KEP-2255). */
  static final String COST = "controller.kubernetes.io/pod-deletion-cost";

  private DeletionOrder() {}

  /**
   * Sorts pods, first to go first.
   *
   * @param related all active pods of the same owner: of two pods the one goes whose node has more
   */
  static List<Pod> sort(List<Pod> pods, List<Pod> related, Instant now) {
    Map<String, Integer> perNode = new HashMap<>();
    for (Pod pod : related) {
      perNode.merge(Pods.nodeName(pod), 1, Integer::sum);
    }
    Comparator<Pod> order =
        Comparator.comparing((Pod pod) -> !Pods.nodeName(pod).isEmpty())
            .thenComparing(DeletionOrder::phaseRank)
            .thenComparing(Pods::ready)
            .thenComparing(DeletionOrder::cost)
            .thenComparing(
                pod -> perNode.getOrDefault(Pods.nodeName(pod), 0), Comparator.reverseOrder())
            .thenComparing(pod -> ageClass(readySince(pod), now))
            .thenComparing(Pods::restarts, Comparator.reverseOrder())
            .thenComparing(pod -> ageClass(pod.metadata().creationTimestamp(), now))
            .thenComparing(pod -> String.valueOf(pod.metadata().uid()));
    return pods.stream().sorted(order).toList();
  }

  private static int phaseRank(Pod pod) {
    return switch (Pods.phase(pod)) {
      case "Pending" -> 0;
      case "Unknown" -> 1;
      default -> 2;
    };
  }

  private static int cost(Pod pod) {
    String text = pod.metadata().annotations().get(COST);
    try {
      return text == null ? 0 : Integer.parseInt(text);
    } catch (NumberFormatException invalid) {
      return 0;
    }
  }

  private static @Nullable Instant readySince(Pod pod) {
    PodCondition ready = Pods.condition(pod, "Ready");
    return ready == null || !"True".equals(ready.status()) ? null : ready.lastTransitionTime();
  }

  /** Ages by powers of two (KEP-2185): the younger goes, but near equals are equal. */
  private static int ageClass(@Nullable Instant since, Instant now) {
    if (since == null) {
      return -1;
    }
    long seconds = Math.max(0, Duration.between(since, now).toSeconds());
    return 64 - Long.numberOfLeadingZeros(seconds);
  }
}
