package dev.tiphys.apiserver.pipeline;

import java.time.Duration;

/** Every bound of the pipeline, with its reason. */
public final class Limits {

  /** How long a request waits for a seat: a quarter of a request's minute, as upstream's queues. */
  public static final Duration SEAT_PATIENCE = Duration.ofSeconds(15);

  /** Requests that wait for a seat: each costs a thread and the body that came with it. */
  static final int WAITING_REQUESTS = 2000;

  /** When a client that found no seat should come again. */
  static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  /** Characters of an {@code Audit-ID} that a client may choose: a UUID has 36. */
  static final int AUDIT_ID = 64;

  private Limits() {}
}
