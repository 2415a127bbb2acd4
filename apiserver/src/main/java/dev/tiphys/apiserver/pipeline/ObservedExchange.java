package dev.tiphys.apiserver.pipeline;

import dev.tiphys.apiserver.http.Headers;
import dev.tiphys.apiserver.http.HttpExchange;
import dev.tiphys.apiserver.http.QueryParameters;
import dev.tiphys.apiserver.http.ResponseStream;
import dev.tiphys.apiserver.http.Tunnel;
import dev.tiphys.apiserver.http.WebSocket;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.Iterator;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An exchange that remembers how it was answered, for metrics and the audit log. For the thread
 * that handles it, as what it wraps.
 */
final class ObservedExchange implements HttpExchange {

  private static final int SWITCHING_PROTOCOLS = 101;

  private final HttpExchange exchange;
  private int status = 200;
  private String contentType = "";
  private List<byte[]> body = List.of();
  private boolean keepsBody;
  private @Nullable Headers withoutBearer;
  private Headers told = Headers.EMPTY;
  private IntConsumer onStart = _ -> {};

  ObservedExchange(HttpExchange exchange) {
    this.exchange = exchange;
  }

  /** Keeps the body of the answer, which is otherwise forgotten. */
  void keepBody() {
    keepsBody = true;
  }

  /** Adds header fields to the answer, whatever it will be. */
  void tell(Headers headers) {
    told = headers;
  }

  /** Has something done when an answer begins that goes on for a while. */
  void onStart(IntConsumer action) {
    onStart = onStart.andThen(action);
  }

  /** The status that was answered with. */
  int status() {
    return status;
  }

  /** The media type of the answer; empty if it has none. */
  String answeredIn() {
    return contentType;
  }

  /** The body of the answer, if it is kept and not a stream. */
  List<byte[]> answered() {
    return body;
  }

  @Override
  public void respond(int status, Headers headers, List<byte[]> segments) throws IOException {
    note(status, headers);
    if (keepsBody) {
      body = List.copyOf(segments);
    }
    exchange.respond(status, headers.and(told), segments);
  }

  @Override
  public void respondStreaming(int status, Headers headers, Iterator<byte[]> segments)
      throws IOException {
    note(status, headers);
    exchange.respondStreaming(status, headers.and(told), segments);
  }

  @Override
  public ResponseStream startStream(int status, Headers headers) throws IOException {
    note(status, headers);
    ResponseStream stream = exchange.startStream(status, headers.and(told));
    onStart.accept(status);
    return stream;
  }

  @Override
  public WebSocket acceptWebSocket(String protocol) throws IOException {
    status = SWITCHING_PROTOCOLS;
    WebSocket socket = exchange.acceptWebSocket(protocol);
    onStart.accept(status);
    return socket;
  }

  @Override
  public Tunnel switchProtocols(Headers headers) throws IOException {
    status = SWITCHING_PROTOCOLS;
    Tunnel tunnel = exchange.switchProtocols(headers.and(told));
    onStart.accept(status);
    return tunnel;
  }

  private void note(int code, Headers headers) {
    status = code;
    contentType = headers.firstOr("Content-Type", "");
  }

  @Override
  public String method() {
    return exchange.method();
  }

  @Override
  public String rawTarget() {
    return exchange.rawTarget();
  }

  @Override
  public String rawPath() {
    return exchange.rawPath();
  }

  @Override
  public String path() {
    return exchange.path();
  }

  @Override
  public QueryParameters query() {
    return exchange.query();
  }

  @Override
  public Headers headers() {
    Headers cleaned = withoutBearer;
    return cleaned == null ? exchange.headers() : cleaned;
  }

  /** Takes the token out of a WebSocket's subprotocols; null if there is none. */
  @Nullable String takeBearer() {
    String token =
        exchange.isWebSocketUpgrade() ? SocketBearer.of(exchange.webSocketProtocols()) : null;
    if (token != null) {
      withoutBearer = SocketBearer.without(exchange.headers());
    }
    return token;
  }

  @Override
  public String protocol() {
    return exchange.protocol();
  }

  @Override
  public List<X509Certificate> peerCertificates() {
    return exchange.peerCertificates();
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return exchange.remoteAddress();
  }

  @Override
  public byte[] readBody(int limit) throws IOException {
    return exchange.readBody(limit);
  }

  @Override
  public InputStream body() {
    return exchange.body();
  }

  @Override
  public boolean responded() {
    return exchange.responded();
  }

  @Override
  public boolean isWebSocketUpgrade() {
    return exchange.isWebSocketUpgrade();
  }

  @Override
  public List<String> webSocketProtocols() {
    return exchange.webSocketProtocols().stream()
        .filter(protocol -> !SocketBearer.isBearer(protocol))
        .toList();
  }

  @Override
  public boolean clientGone() {
    return exchange.clientGone();
  }

  @Override
  public void onClientGone(Runnable action) {
    exchange.onClientGone(action);
  }
}
