package dev.tiphys.apiserver.resource;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** When events are held back for others to join them. */
class PaceTest {

  private static final long MILLI = 1_000_000;

  private final AtomicLong now = new AtomicLong(1_000 * MILLI);
  private final Pace pace = new Pace(now::get);

  @Test
  void whatFewWatchIsNotHeldBack() {
    assertThat(Pace.interval(0)).isZero();
    assertThat(Pace.interval(Limits.PACE_WATCHERS - 1)).isZero();
  }

  @Test
  void theMoreWatchTheLongerEventsAreGatheredUpToABound() {
    assertThat(Pace.interval(100)).isPositive().isLessThan(Pace.interval(500));
    assertThat(Pace.interval(100_000)).isEqualTo(Limits.PACE_MOST.toNanos());
  }

  @Test
  void theFirstEventGoesOutAtOnce() {
    assertThat(pace.left()).isNotPositive();
  }

  @Test
  void theNextWaitUntilTheIntervalIsOver() {
    pace.sent(100_000);

    assertThat(pace.left()).isEqualTo(Limits.PACE_MOST.toNanos());
    now.addAndGet(Limits.PACE_MOST.toNanos());
    assertThat(pace.left()).isNotPositive();
  }

  @Test
  void whenTheCrowdHasGoneNothingIsHeldBack() {
    pace.sent(100_000);
    now.addAndGet(Limits.PACE_MOST.toNanos());
    pace.sent(1);

    assertThat(pace.left()).isNotPositive();
  }
}
