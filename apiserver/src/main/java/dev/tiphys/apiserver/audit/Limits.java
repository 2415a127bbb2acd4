package dev.tiphys.apiserver.audit;

import java.time.Duration;

/** Bounds of auditing. */
final class Limits {

  /** How long the server waits at its end for events to go. */
  static final Duration CLOSING = Duration.ofSeconds(5);

  /** How long a webhook may take for a batch. */
  static final Duration WEBHOOK = Duration.ofSeconds(30);

  private Limits() {}
}
