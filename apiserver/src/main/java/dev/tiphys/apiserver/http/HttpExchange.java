package dev.tiphys.apiserver.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.Iterator;
import java.util.List;

/**
 * One request and its answer. Used by the virtual thread that handles it; only {@link
 * #onClientGone} and {@link #clientGone} may be called from others.
 *
 * <p>An exchange is answered exactly once, by one of {@code respond}, {@link #respondStreaming},
 * {@link #startStream}, {@link #acceptWebSocket} and {@link #switchProtocols}; another answer
 * throws {@link IllegalStateException}. All of them block while the client reads more slowly than
 * we write, so memory does not grow with a response.
 */
public interface HttpExchange {

  /** As {@code GET}; upper case as sent. */
  String method();

  /** Path and query as sent, still percent-encoded. */
  String rawTarget();

  /** The path as sent, still percent-encoded, without the query. */
  String rawPath();

  /** The path, percent-decoded. */
  String path();

  /** The query, decoded. */
  QueryParameters query();

  /** The request's header fields; {@code Host} is there for HTTP/2 as well. */
  Headers headers();

  /** {@code HTTP/1.1} or {@code HTTP/2.0}. */
  String protocol();

  /**
   * The client's certificate followed by its intermediates, verified against the client CA; empty
   * if it presented none.
   */
  List<X509Certificate> peerCertificates();

  /** Where the client is. */
  InetSocketAddress remoteAddress();

  /**
   * The whole body.
   *
   * @param limit the most bytes to accept
   * @throws BodyTooLargeException if it is longer; the rest is not read, and the connection ends
   *     after the answer if the client keeps sending
   * @throws ClientGoneException if the client went or stopped sending
   */
  byte[] readBody(int limit) throws IOException;

  /** The body as it arrives; its reads block and throw {@link ClientGoneException}. */
  InputStream body();

  /** Answers without a body. */
  default void respond(int status, Headers headers) throws IOException {
    respond(status, headers, List.of());
  }

  /** Answers with a body. The array is not copied and must not change. */
  default void respond(int status, Headers headers, byte[] body) throws IOException {
    respond(status, headers, List.of(body));
  }

  /**
   * Answers with a body of known length in segments, none of which is copied. The list may make its
   * elements when asked for them; it is walked twice, the first time for the length. Compressed if
   * the client accepts gzip and it is longer than {@link Limits#GZIP_THRESHOLD_BYTES}.
   *
   * <p>To {@code HEAD} only status and headers are sent.
   *
   * @throws ClientGoneException if the client does not take it
   */
  void respond(int status, Headers headers, List<byte[]> segments) throws IOException;

  /**
   * Answers with a body of unknown length, made while it is written: chunked, and compressed under
   * the same rule as {@link #respond(int, Headers, List)}.
   *
   * @throws ClientGoneException if the client does not take it
   */
  void respondStreaming(int status, Headers headers, Iterator<byte[]> segments) throws IOException;

  /**
   * Begins an answer that goes on for a while: a watch, a followed log. Headers are sent at once.
   * Never compressed.
   */
  ResponseStream startStream(int status, Headers headers) throws IOException;

  /** Whether an answer has begun. */
  boolean responded();

  /** Whether this is a well-formed WebSocket upgrade (RFC 6455, HTTP/1.1 only). */
  boolean isWebSocketUpgrade();

  /** The {@code Sec-WebSocket-Protocol} values offered, in order of preference. */
  List<String> webSocketProtocols();

  /**
   * Upgrades to WebSocket.
   *
   * @param protocol one of those offered; empty for none
   * @throws IllegalStateException if {@link #isWebSocketUpgrade} is false
   */
  WebSocket acceptWebSocket(String protocol) throws IOException;

  /**
   * Answers 101 and hands over the connection's bytes: how upgrades are passed through to a kubelet
   * unchanged, whatever they speak (WebSocket, SPDY/3.1).
   *
   * @param headers with {@code Upgrade}, and what else the new protocol wants
   * @throws IllegalStateException if this is not an HTTP/1.1 upgrade request
   */
  Tunnel switchProtocols(Headers headers) throws IOException;

  /** Whether the client is known to have gone. */
  boolean clientGone();

  /**
   * Has something done once when the client goes, or at once if it has. It runs on an event loop
   * and must not block: to wake a thread, to cancel a call.
   */
  void onClientGone(Runnable action);
}
