package dev.tiphys.kubelet.logs;

import java.time.Duration;

/** The bounds of reading logs. */
final class Limits {
  /** Read at once; larger than the 16 KiB at which runtimes split lines. */
  static final int READ_BYTES = 64 << 10;

  /** The longest entry; a longer one is passed over, being no runtime's work. */
  static final int ENTRY_BYTES = 1 << 20;

  /** Between two looks at a file that is followed: below what a person notices. */
  static final Duration POLL = Duration.ofMillis(100);

  /** Looks between two questions whether the container still runs, which cost a call. */
  static final int POLLS_PER_STATE_CHECK = 10;

  private Limits() {}
}
