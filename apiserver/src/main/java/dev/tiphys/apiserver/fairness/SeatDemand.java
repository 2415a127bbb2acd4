package dev.tiphys.apiserver.fairness;

/**
 * How many seats a level wanted, taken or waited for, over time: what the next division of seats
 * goes by (KEP-1040). Not thread-safe: {@link FairSeats} has the lock.
 */
final class SeatDemand {

  private int now;
  private int most;
  private long since;
  private double nanos;
  private double area;
  private double squares;
  private double smoothed;

  SeatDemand(long start) {
    this.since = start;
  }

  /** Notes that seats are wanted from now on, or no longer. */
  void change(int seats, long time) {
    advance(time);
    now += seats;
    most = Math.max(most, now);
  }

  private void advance(long time) {
    double passed = time - since;
    since = time;
    nanos += passed;
    area += passed * now;
    squares += passed * now * now;
  }

  /** Closes a period: the most seats that were wanted at once in it. */
  int close(long time) {
    advance(time);
    if (nanos > 0) {
      double average = area / nanos;
      double deviation = Math.sqrt(Math.max(0, squares / nanos - average * average));
      double envelope = average + deviation;
      smoothed =
          Math.max(envelope, Limits.SMOOTHING * smoothed + (1 - Limits.SMOOTHING) * envelope);
    }
    int highest = most;
    most = now;
    nanos = 0;
    area = 0;
    squares = 0;
    return highest;
  }

  /** What the periods so far come to; rises at once and falls slowly. */
  double smoothed() {
    return smoothed;
  }
}
