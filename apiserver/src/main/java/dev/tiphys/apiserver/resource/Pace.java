package dev.tiphys.apiserver.resource;

import java.util.function.LongSupplier;

/**
 * How long events are gathered before they are sent. A thousand watchers of the same events, each
 * sent each of them alone, cost a machine of two cores most of what it has; sent together some
 * dozen times a second, little. The first event after a pause is never held back, nor are those
 * that few watch. For one thread at a time.
 */
final class Pace {

  private final LongSupplier nanoTime;
  private long nextNanos;

  /**
   * A pace that holds nothing back at first.
   *
   * @param nanoTime the time since some moment, in nanoseconds
   */
  Pace(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.nextNanos = nanoTime.getAsLong();
  }

  /** How many nanoseconds to gather now; 0 or less to send what is there. */
  long left() {
    return nextNanos - nanoTime.getAsLong();
  }

  /** So many watchers were sent events just now. */
  void sent(int watchers) {
    nextNanos = nanoTime.getAsLong() + interval(watchers);
  }

  /** From sending to so many watchers until the next time, in nanoseconds. */
  static long interval(int watchers) {
    return watchers < Limits.PACE_WATCHERS
        ? 0
        : Math.min(Limits.PACE_MOST.toNanos(), watchers * Limits.PACE_EACH.toNanos());
  }
}
