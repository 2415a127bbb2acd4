package dev.tiphys.store.grpc;

import io.netty.handler.codec.http2.Http2Error;

/** What a client did that no connection outlives; it is told before it is left. */
final class ConnectionError extends Exception {
  private static final long serialVersionUID = 1L;

  private final Http2Error error;

  ConnectionError(Http2Error error, String text) {
    super(text, null, false, false);
    this.error = error;
  }

  Http2Error error() {
    return error;
  }
}
