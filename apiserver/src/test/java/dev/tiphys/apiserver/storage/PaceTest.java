package dev.tiphys.apiserver.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** When events are held back for others to join them. */
class PaceTest {

  private static final long MILLI = 1_000_000;

  private final AtomicLong interval = new AtomicLong(40 * MILLI);
  private final AtomicLong now = new AtomicLong(1_000 * MILLI);
  private final Pace pace = new Pace(interval::get, now::get);

  @Test
  void whatFewWatchIsNotHeldBack() {
    assertThat(Pace.of(0)).isZero();
    assertThat(Pace.of(Limits.PACE_WATCHERS - 1)).isZero();
  }

  @Test
  void theMoreWatchTheLongerEventsAreGatheredUpToABound() {
    assertThat(Pace.of(100)).isPositive().isLessThan(Pace.of(500));
    assertThat(Pace.of(100_000)).isEqualTo(Limits.PACE_MOST.toNanos());
  }

  @Test
  void theFirstEventGoesOutAtOnce() {
    assertThat(pace.left()).isZero();
  }

  @Test
  void theNextGoOutAtTheNextTick() {
    now.set(1_010 * MILLI);
    pace.taken();

    assertThat(pace.left()).isEqualTo(30 * MILLI);
    now.set(1_040 * MILLI);
    assertThat(pace.left()).isZero();
  }

  @Test
  void watchersThatTookAtDifferentTimesWakeTogether() {
    Pace other = new Pace(interval::get, now::get);
    now.set(1_001 * MILLI);
    pace.taken();
    now.set(1_039 * MILLI);
    other.taken();

    assertThat(pace.left()).isEqualTo(other.left()).isEqualTo(1 * MILLI);
  }

  @Test
  void afterAPauseNothingIsHeldBack() {
    pace.taken();
    now.set(9_000 * MILLI);

    assertThat(pace.left()).isZero();
  }

  @Test
  void whenTheCrowdHasGoneNothingIsHeldBack() {
    pace.taken();
    interval.set(0);

    assertThat(pace.left()).isZero();
  }
}
