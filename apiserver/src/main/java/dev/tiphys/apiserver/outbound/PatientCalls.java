package dev.tiphys.apiserver.outbound;

import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** Calls of webhooks that are made again, after longer and longer pauses. Thread-safe; blocks. */
public final class PatientCalls {

  /** Waits. */
  @FunctionalInterface
  public interface Pause {
    /** Returns after a while. */
    void of(Duration time) throws InterruptedException;
  }

  private final ConnectionPool pool;
  private final Pause pause;
  private final RandomGenerator random;

  /** Calls over the connections of a pool. */
  public PatientCalls(ConnectionPool pool, Pause pause, RandomGenerator random) {
    this.pool = pool;
    this.pause = pause;
    this.random = random;
  }

  /**
   * Posts a document as {@link Remote#post} does, up to five times while what failed may pass.
   *
   * @throws IOException why it failed last
   */
  public byte[] post(Remote remote, byte[] json, Duration atMost) throws IOException {
    return post(remote, json, atMost, Limits.FIRST_PAUSE, false);
  }

  /** The same with another pause before the second attempt. */
  public byte[] post(Remote remote, byte[] json, Duration atMost, Duration firstPause)
      throws IOException {
    return post(remote, json, atMost, firstPause, false);
  }

  /**
   * The same, whatever failed.
   *
   * @param firstPause before the second attempt
   * @throws IOException why it failed last
   */
  public byte[] insist(Remote remote, byte[] json, Duration atMost, Duration firstPause)
      throws IOException {
    return post(remote, json, atMost, firstPause, true);
  }

  private byte[] post(
      Remote remote, byte[] json, Duration atMost, Duration firstPause, boolean whatever)
      throws IOException {
    double wait = firstPause.toMillis();
    for (int attempt = 1; ; attempt++) {
      try {
        return remote.post(pool, json, atMost);
      } catch (IOException e) {
        if (attempt == Limits.ATTEMPTS || !(whatever || mayPass(e))) {
          throw e;
        }
        sleep(wait, e);
        wait *= Limits.PAUSE_GROWTH;
      }
    }
  }

  private void sleep(double millis, IOException why) throws IOException {
    try {
      double jitter = 1 + random.nextDouble() * Limits.PAUSE_JITTER;
      pause.of(Duration.ofMillis((long) (millis * jitter)));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw why;
    }
  }

  private static boolean mayPass(IOException failure) {
    if (failure instanceof Remote.StatusException answered) {
      return answered.passing();
    }
    Throwable cause = failure.getCause();
    return (cause instanceof SocketException && "Connection reset".equals(cause.getMessage()))
        || cause instanceof Connection.StaleException;
  }
}
