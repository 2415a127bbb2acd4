package dev.tiphys.kubelet.streaming;

import org.jspecify.annotations.Nullable;

/** Streams could not be had; nothing has been sent to the client yet. The message is for people. */
public final class StreamingException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int httpStatus;

  StreamingException(int httpStatus, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.httpStatus = httpStatus;
  }

  /** How to answer the client's request. */
  public int httpStatus() {
    return httpStatus;
  }
}
