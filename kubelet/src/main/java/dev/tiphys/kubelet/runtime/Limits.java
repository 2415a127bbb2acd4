package dev.tiphys.kubelet.runtime;

import java.time.Duration;

/** The bounds of what is asked of, and kept about, the runtime. */
final class Limits {
  /** What a probe's or hook's output is cut to; it ends up in an Event. */
  static final int EXEC_OUTPUT_BYTES = 10 << 10;

  /** A termination message, as documented for {@code terminationMessagePath}. */
  static final int TERMINATION_MESSAGE_BYTES = 4096;

  /** A termination message taken from the log: lines, and bytes of them. */
  static final long TERMINATION_LOG_LINES = 80;

  static final int TERMINATION_LOG_BYTES = 2048;

  /** The documented pauses between failing pulls. */
  static final Duration PULL_BACKOFF_FIRST = Duration.ofSeconds(10);

  static final Duration PULL_BACKOFF_LAST = Duration.ofMinutes(5);

  /** A failed pull is forgotten when nobody has asked for so long. */
  static final Duration PULL_BACKOFF_FORGET = PULL_BACKOFF_LAST.multipliedBy(2);

  /** Between two looks at the sizes of logs. */
  static final Duration LOG_LOOK = Duration.ofSeconds(10);

  private Limits() {}
}
