package dev.tiphys.kubelet.pod;

import dev.tiphys.kubelet.runtime.ContainerState;
import java.time.Duration;
import java.time.Instant;

/**
 * How long a container that ended waits before it is started again: not at all the first time, then
 * ten seconds, doubling up to five minutes. One that ran for ten minutes starts at once. Computed
 * from what the runtime remembers, so that a restarted kubelet waits as long as it would have.
 */
final class RestartDelay {

  private static final Duration FIRST = Duration.ofSeconds(10);
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final Duration LONG_RUN = Duration.ofMinutes(10);

  private RestartDelay() {}

  /** The whole delay after a container ended. */
  static Duration of(ContainerState ended) {
    if (ended.restartCount() == 0) {
      return Duration.ZERO;
    }
    if (ended.life() instanceof ContainerState.Exited exited
        && Duration.between(exited.startedAt(), exited.finishedAt()).compareTo(LONG_RUN) >= 0) {
      return Duration.ZERO;
    }
    int doublings = Math.min(ended.restartCount() - 1, 5);
    Duration delay = FIRST.multipliedBy(1L << doublings);
    return delay.compareTo(LONGEST) > 0 ? LONGEST : delay;
  }

  /** What is left of it; zero if it may start. */
  static Duration left(ContainerState ended, Instant now) {
    Instant since =
        ended.life() instanceof ContainerState.Exited exited
            ? exited.finishedAt()
            : ended.createdAt();
    Duration left = of(ended).minus(Duration.between(since, now));
    return left.isNegative() ? Duration.ZERO : left;
  }
}
