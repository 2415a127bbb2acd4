package dev.tiphys.apiserver.fairness;

import dev.tiphys.api.flowcontrol.v1.ExemptPriorityLevelConfiguration;
import dev.tiphys.api.flowcontrol.v1.LimitResponse;
import dev.tiphys.api.flowcontrol.v1.LimitedPriorityLevelConfiguration;
import dev.tiphys.api.flowcontrol.v1.PriorityLevelConfiguration;
import dev.tiphys.api.flowcontrol.v1.PriorityLevelConfigurationSpec;
import dev.tiphys.api.flowcontrol.v1.QueuingConfiguration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How the server's seats are divided among priority levels (KEP-1040): each level's nominal number
 * follows from its shares, of which a part may be lent while it is not used.
 *
 * @param name of the level
 * @param exempt whether its requests need no seat
 * @param nominal its seats
 * @param least of them, what is never lent
 * @param most that it may have at once, borrowed ones included
 * @param queues where its requests wait; null if they are refused at once
 */
record SeatShares(
    String name, boolean exempt, int nominal, int least, int most, @Nullable Queues queues) {

  private static final double PERCENT = 100.0;
  private static final int SHARES = 30;

  /**
   * Where requests wait.
   *
   * @param count of queues
   * @param hand how many of them a flow is dealt
   * @param length the most requests in a queue
   */
  record Queues(int count, int hand, int length) {}

  /** Divides seats. */
  static List<SeatShares> divide(int seats, List<PriorityLevelConfiguration> levels) {
    double all = Math.max(1, levels.stream().mapToInt(SeatShares::shares).sum());
    List<SeatShares> divided = new ArrayList<>();
    for (PriorityLevelConfiguration level : levels) {
      int nominal = (int) Math.ceil(seats * (shares(level) / all));
      int lendable = (int) Math.round(nominal * (lendable(level) / PERCENT));
      Integer borrowing = borrowing(level);
      int most =
          borrowing == null
              ? Integer.MAX_VALUE
              : nominal + (int) Math.round(nominal * (borrowing / PERCENT));
      divided.add(
          new SeatShares(
              Objects.requireNonNullElse(level.metadata().name(), ""),
              isExempt(level),
              nominal,
              nominal - lendable,
              most,
              queues(level)));
    }
    return divided;
  }

  private static PriorityLevelConfigurationSpec spec(PriorityLevelConfiguration level) {
    return Objects.requireNonNullElse(level.spec(), PriorityLevelConfigurationSpec.EMPTY);
  }

  private static boolean isExempt(PriorityLevelConfiguration level) {
    return "Exempt".equals(spec(level).type());
  }

  private static LimitedPriorityLevelConfiguration limited(PriorityLevelConfiguration level) {
    return Objects.requireNonNullElse(
        spec(level).limited(), LimitedPriorityLevelConfiguration.EMPTY);
  }

  private static ExemptPriorityLevelConfiguration exempt(PriorityLevelConfiguration level) {
    return Objects.requireNonNullElse(spec(level).exempt(), ExemptPriorityLevelConfiguration.EMPTY);
  }

  private static int shares(PriorityLevelConfiguration level) {
    return isExempt(level)
        ? Objects.requireNonNullElse(exempt(level).nominalConcurrencyShares(), 0)
        : Objects.requireNonNullElse(limited(level).nominalConcurrencyShares(), SHARES);
  }

  private static int lendable(PriorityLevelConfiguration level) {
    return Objects.requireNonNullElse(
        isExempt(level) ? exempt(level).lendablePercent() : limited(level).lendablePercent(), 0);
  }

  private static @Nullable Integer borrowing(PriorityLevelConfiguration level) {
    return isExempt(level) ? null : limited(level).borrowingLimitPercent();
  }

  private static @Nullable Queues queues(PriorityLevelConfiguration level) {
    LimitResponse response = limited(level).limitResponse();
    if (response == null || !"Queue".equals(response.type())) {
      return null;
    }
    QueuingConfiguration queuing =
        Objects.requireNonNullElse(response.queuing(), QueuingConfiguration.EMPTY);
    int count = bounded(queuing.queues(), 64, Limits.QUEUES);
    return new Queues(
        count,
        bounded(queuing.handSize(), 8, count),
        bounded(queuing.queueLengthLimit(), 50, Integer.MAX_VALUE));
  }

  private static int bounded(@Nullable Integer value, int otherwise, int most) {
    return Math.clamp(Objects.requireNonNullElse(value, otherwise), 1, most);
  }
}
