package dev.tiphys.apiserver.http;

import java.io.IOException;

/** The request's body is longer than the handler accepts: to be answered with 413. */
public final class BodyTooLargeException extends IOException {

  private static final long serialVersionUID = 1L;

  private final int limit;

  /**
   * Says what would have been accepted.
   *
   * @param limit in bytes
   */
  public BodyTooLargeException(int limit) {
    // The text that clients of upstream match on.
    super("Request entity too large: limit is " + limit);
    this.limit = limit;
  }

  /** The most bytes that would have been accepted. */
  public int limit() {
    return limit;
  }
}
