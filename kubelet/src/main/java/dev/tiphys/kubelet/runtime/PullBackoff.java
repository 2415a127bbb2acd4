package dev.tiphys.kubelet.runtime;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Which pulls failed, and until when they are not tried again. Thread-safe. */
final class PullBackoff {
  private record Failure(Instant until, Duration pause, String message) {}

  private final InstantSource clock;
  private final Map<String, Failure> failures = new HashMap<>();

  PullBackoff(InstantSource clock) {
    this.clock = clock;
  }

  /** Why this pull has to wait; empty if it need not. */
  synchronized Optional<String> waitingFor(String key) {
    Failure failure = failures.get(key);
    return failure != null && clock.instant().isBefore(failure.until)
        ? Optional.of(failure.message)
        : Optional.empty();
  }

  synchronized void failed(String key, String message) {
    Instant now = clock.instant();
    failures.values().removeIf(f -> f.until.plus(Limits.PULL_BACKOFF_FORGET).isBefore(now));
    Failure before = failures.get(key);
    Duration pause = before == null ? Limits.PULL_BACKOFF_FIRST : min(before.pause.multipliedBy(2));
    failures.put(key, new Failure(now.plus(pause), pause, message));
  }

  synchronized void succeeded(String key) {
    failures.remove(key);
  }

  private static Duration min(Duration pause) {
    return pause.compareTo(Limits.PULL_BACKOFF_LAST) < 0 ? pause : Limits.PULL_BACKOFF_LAST;
  }
}
