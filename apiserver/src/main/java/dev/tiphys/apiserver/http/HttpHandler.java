package dev.tiphys.apiserver.http;

import java.io.IOException;

/** What answers requests. One instance serves all connections, so it must be thread-safe. */
@FunctionalInterface
public interface HttpHandler {

  /**
   * Answers one request, on a virtual thread of its own.
   *
   * <p>When it returns without having answered, or throws before it has, the client gets 500; when
   * it throws after the response began, the connection (HTTP/1.1) or stream (HTTP/2) is reset, so
   * that a cut-off body is never taken for a whole one.
   *
   * @throws IOException if the client is gone ({@link ClientGoneException}), which nobody needs to
   *     be told, or something else cannot be read
   */
  void handle(HttpExchange exchange) throws IOException;
}
