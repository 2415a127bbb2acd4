package dev.tiphys.apiserver.http;

import java.io.IOException;

/** The client has closed or reset its connection or stream, or did not read or write in time. */
public final class ClientGoneException extends IOException {

  private static final long serialVersionUID = 1L;

  /** Says how it was noticed. */
  public ClientGoneException(String message) {
    super(message);
  }

  // Thrown once per lost client and never worth a stack trace.
  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
