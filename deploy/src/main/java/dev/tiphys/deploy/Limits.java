package dev.tiphys.deploy;

import java.time.Duration;

/** How long, how much, how many: every bound of bringing a cluster up and taking it down. */
public final class Limits {
  private Limits() {}

  /** A slow machine without AOT caches needs half a minute; what takes longer has failed. */
  static final Duration READY = Duration.ofMinutes(3);

  /** Between two looks at something that is starting. Short, for `up` is measured in tenths. */
  static final Duration POLL = Duration.ofMillis(50);

  /** A daemon's orderly end. Upstream's unit files give 30 s and up; ours have less to finish. */
  static final Duration DAEMON_END = Duration.ofSeconds(10);

  /** What containers get between SIGTERM and SIGKILL when the whole cluster goes. */
  public static final Duration CONTAINER_END = Duration.ofSeconds(2);

  /** How much of a failed daemon's log is shown. */
  static final int LOG_TAIL_LINES = 15;

  /** Six daemons (0.7 GiB), containerd and a few pods. */
  public static final long MEMORY_BYTES = 1200L << 20;

  /** The runtime's and store's files at rest take far less; images are the user's. */
  public static final long DISK_BYTES = 1L << 30;

  /** Socket paths are limited to 107 bytes, and containerd's lie 30 below the data directory. */
  public static final int DATA_DIR_LENGTH = 70;
}
