package dev.tiphys.apiserver.fairness;

import java.time.Duration;

/** Every bound of flow control, with its reason. */
final class Limits {

  /**
   * Most queues a level gets, whatever its configuration says: each costs memory when empty too.
   */
  static final int QUEUES = 4096;

  /**
   * What a request is taken to cost its queue until it is known: a usual request's milliseconds.
   */
  static final Duration EXPECTED_SERVICE = Duration.ofMillis(3);

  /** Between attempts to write what schemas lack into their status. */
  static final Duration STATUS_PAUSE = Duration.ofSeconds(1);

  private Limits() {}
}
