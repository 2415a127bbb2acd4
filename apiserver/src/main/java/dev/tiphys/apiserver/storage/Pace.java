package dev.tiphys.apiserver.storage;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How long a watcher gathers events before it gives them out. A thousand watchers of the same
 * events, each woken for each of them, cost a machine of two cores all it has; woken together a few
 * times a second, little. The first event after a pause is never held back, nor are those that few
 * watch. For one watcher, under its lock.
 */
final class Pace {

  private final LongSupplier interval;
  private final LongSupplier nanoTime;
  private @Nullable Long takenNanos;

  /**
   * Follows its resource's pace.
   *
   * @param interval in nanoseconds as of the latest event, see {@link #of}; 0 not to gather
   * @param nanoTime the time since some moment, in nanoseconds
   */
  Pace(LongSupplier interval, LongSupplier nanoTime) {
    this.interval = interval;
    this.nanoTime = nanoTime;
  }

  /** The interval in nanoseconds after an event that so many watchers were told of. */
  static long of(int told) {
    return told < Limits.PACE_WATCHERS
        ? 0
        : Math.min(Limits.PACE_MOST.toNanos(), told * Limits.PACE_EACH.toNanos());
  }

  /** How many nanoseconds to gather now; 0 to give out what is there. */
  long left() {
    long every = interval.getAsLong();
    Long last = takenNanos;
    if (every == 0 || last == null) {
      return 0;
    }
    // All watchers wake at the same ticks, so that those of one connection share its packets.
    long tick = Math.floorDiv(last, every) * every + every;
    return Math.max(0, tick - nanoTime.getAsLong());
  }

  /** Events were given out just now. */
  void taken() {
    takenNanos = nanoTime.getAsLong();
  }
}
