package dev.tiphys.deploy.bench;

import java.time.Duration;

/** How many and how long, for every part of a measurement. */
final class Limits {
  private Limits() {}

  /** One run of the load generator; a server that is ten times too slow still ends within it. */
  static final Duration LOAD = Duration.ofSeconds(120);

  /** One of the rounds that do not count before rows of writes, whatever the server is. */
  static final Duration WARM_UP = Duration.ofSeconds(40);

  /** In which the cluster's controllers take note of what was created and deleted, uncounted. */
  static final Duration SETTLING = Duration.ofSeconds(15);

  /** One request of our own. */
  static final Duration REQUEST = Duration.ofSeconds(30);

  /** Until all watches have begun. */
  static final Duration WATCHES_BEGIN = Duration.ofSeconds(60);

  /** How long the last events may take to reach everybody before they count as lost. */
  static final Duration WATCHES_END = Duration.ofSeconds(10);

  /** The token for the load generator, which has no use for client certificates. */
  static final Duration TOKEN = Duration.ofHours(2);

  /** Between two looks at the server's memory while it works. */
  static final Duration MEMORY_LOOK = Duration.ofMillis(50);

  /** Events are made for so long before those that count: both sides are still being optimized. */
  static final Duration WATCHES_WARM_UP = Duration.ofSeconds(8);

  /** What a watcher's connection reads at once: some of the largest frames. */
  static final int READ_BYTES = 64 * 1024;

  /** A watcher's connection takes so much before it says that it can take more. */
  static final int WINDOW_BYTES = 1 << 30;
}
