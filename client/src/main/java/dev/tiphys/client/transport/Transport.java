package dev.tiphys.client.transport;

import dev.tiphys.client.ApiException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to one API server as one user. Thread-safe; calls block.
 *
 * <p>An interrupted call throws {@link java.util.concurrent.CancellationException}.
 */
public interface Transport extends AutoCloseable {

  /**
   * Sends a request and waits for the head of the answer, whatever its status.
   *
   * @throws ApiException.Unavailable if no answer came
   */
  Response send(Request request);

  /**
   * Opens a WebSocket.
   *
   * @param path and query as in {@link Request}; the method is GET
   * @param protocols subprotocols in order of preference
   * @throws ApiException if the server refuses
   */
  MessageStream connect(Request path, List<String> protocols);

  /** Ends what is under way. */
  @Override
  void close();

  /**
   * What to ask.
   *
   * @param method as {@code GET}
   * @param path absolute, percent-encoded
   * @param query parameters in order, not encoded
   * @param headers besides those that the transport sets itself
   * @param body null for none
   * @param timeout for the whole exchange, body included; null for none
   */
  record Request(
      String method,
      String path,
      List<Map.Entry<String, String>> query,
      Map<String, String> headers,
      byte @Nullable [] body,
      @Nullable Duration timeout) {

    /** A request without query, headers, body or timeout. */
    public static Request of(String method, String path) {
      return new Request(method, path, List.of(), Map.of(), null, null);
    }

    /** With these parameters. */
    public Request withQuery(List<Map.Entry<String, String>> parameters) {
      return new Request(method, path, List.copyOf(parameters), headers, body, timeout);
    }

    /** With one more header. */
    public Request withHeader(String name, String value) {
      Map<String, String> more = new LinkedHashMap<>(headers);
      more.put(name, value);
      return new Request(method, path, query, more, body, timeout);
    }

    /** With a body. */
    public Request withBody(byte[] bytes, String contentType) {
      return new Request(method, path, query, headers, bytes, timeout)
          .withHeader("Content-Type", contentType);
    }

    /** To be finished within a time. */
    public Request withTimeout(@Nullable Duration limit) {
      return new Request(method, path, query, headers, body, limit);
    }
  }

  /**
   * An answer. To be closed.
   *
   * @param status the HTTP status
   * @param headers by lower-case name, the first value of each
   * @param body read to its end or closed
   */
  record Response(int status, Map<String, String> headers, InputStream body)
      implements AutoCloseable {

    /** A header's value. */
    public Optional<String> header(String name) {
      return Optional.ofNullable(headers.get(name));
    }

    @Override
    public void close() {
      try {
        body.close();
      } catch (IOException e) {
        throw ApiException.unreachable("the answer could not be closed: " + e.getMessage(), e);
      }
    }
  }

  /** A WebSocket: whole binary messages both ways. One task reads, one writes. */
  interface MessageStream extends AutoCloseable {

    /** The subprotocol that the server chose; empty if none. */
    String protocol();

    /**
     * Waits for a message.
     *
     * @return null when the other side has closed
     * @throws ApiException.Unavailable if the connection broke
     */
    byte @Nullable [] receive();

    /** Sends a message and waits until it is handed to the network. */
    void send(byte[] message);

    /** Says goodbye and closes. */
    @Override
    void close();
  }
}
