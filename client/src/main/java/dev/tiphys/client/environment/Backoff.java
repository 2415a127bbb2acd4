package dev.tiphys.client.environment;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before trying again: delays that grow by a factor up to a bound, each stretched
 * by chance so that many clients do not come back in step.
 *
 * @param first the delay after the first failure
 * @param factor by which each further delay grows, 1 or more
 * @param most the longest delay before jitter
 * @param jitter the largest part of the delay added by chance; 1.0 may double it
 */
public record Backoff(Duration first, double factor, Duration most, double jitter) {

  /**
   * For reflectors: 100 ms to 5 s. Upstream begins at 800 ms and goes to 30 s; there, a daemon that
   * starts a moment before its API server loses seconds that count when a cluster comes up or back.
   */
  public static final Backoff REFLECTOR =
      new Backoff(Duration.ofMillis(100), 1.7, Duration.ofSeconds(5), 0.5);

  /** Checks the bounds. */
  public Backoff {
    if (!first.isPositive() || most.compareTo(first) < 0 || factor < 1 || jitter < 0) {
      throw new IllegalArgumentException(
          "a backoff needs 0 < first <= most, factor >= 1, jitter >= 0");
    }
  }

  /**
   * The delay to take after a number of failures in a row.
   *
   * @param failures 1 or more
   */
  public Duration delay(int failures, RandomGenerator random) {
    double grown = first.toNanos() * Math.pow(factor, Math.max(0, failures - 1));
    double bounded = Math.min(grown, most.toNanos());
    return Duration.ofNanos((long) (bounded * (1 + jitter * random.nextDouble())));
  }
}
