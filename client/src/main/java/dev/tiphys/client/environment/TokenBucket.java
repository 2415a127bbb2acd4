package dev.tiphys.client.environment;

import java.time.Duration;

/**
 * A rate limit: a bucket of tokens that refills steadily. Thread-safe.
 *
 * <p>It never blocks; it says how long a caller has to wait, and the token is already taken then.
 */
public final class TokenBucket {

  private final double perSecond;
  private final double burst;
  private final Environment environment;
  private double tokens;
  private Duration filledAt;

  /**
   * Makes a full bucket.
   *
   * @param perSecond how many tokens come back a second
   * @param burst how many the bucket holds
   */
  public TokenBucket(double perSecond, int burst, Environment environment) {
    if (perSecond <= 0 || burst < 1) {
      throw new IllegalArgumentException("a token bucket needs a rate and room for a token");
    }
    this.perSecond = perSecond;
    this.burst = burst;
    this.environment = environment;
    this.tokens = burst;
    this.filledAt = environment.uptime();
  }

  /** Takes a token and returns the time until it is due: zero if there was one. */
  public synchronized Duration reserve() {
    refill();
    tokens -= 1;
    return tokens >= 0
        ? Duration.ZERO
        : Duration.ofNanos((long) (-tokens / perSecond * 1_000_000_000));
  }

  /** Takes a token if there is one. */
  public synchronized boolean tryTake() {
    refill();
    if (tokens < 1) {
      return false;
    }
    tokens -= 1;
    return true;
  }

  private void refill() {
    Duration now = environment.uptime();
    double seconds = now.minus(filledAt).toNanos() / 1e9;
    tokens = Math.min(burst, tokens + seconds * perSecond);
    filledAt = now;
  }
}
