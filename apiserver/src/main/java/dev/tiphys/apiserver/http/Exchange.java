package dev.tiphys.apiserver.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The {@link HttpExchange} over either protocol: what differs is behind a {@link Wire}. */
final class Exchange implements HttpExchange {

  /** More of them are joined before they are handed over, as the event loop has more to do. */
  private static final int FEW_SEGMENTS = 8;

  private static final List<byte[]> NOTHING = List.of();

  private final RequestHead head;
  private final InboundBytes inbound;
  private final OutboundWindow window;
  private final Wire wire;
  private final PeriodicTasks timers;

  private final ReentrantLock goneLock = new ReentrantLock();
  private final List<Runnable> goneActions = new ArrayList<>(1);
  private boolean gone;

  private volatile boolean responded;
  private volatile boolean ended;
  private volatile boolean streaming;
  private @Nullable StreamedResponse stream;
  private @Nullable ConnectionTunnel tunnel;

  Exchange(
      RequestHead head,
      InboundBytes inbound,
      OutboundWindow window,
      Wire wire,
      PeriodicTasks timers) {
    this.head = head;
    this.inbound = inbound;
    this.window = window;
    this.wire = wire;
    this.timers = timers;
  }

  @Override
  public String method() {
    return head.method();
  }

  @Override
  public String rawTarget() {
    return head.target().raw();
  }

  @Override
  public String rawPath() {
    return head.target().rawPath();
  }

  @Override
  public String path() {
    return head.target().path();
  }

  @Override
  public QueryParameters query() {
    return head.target().query();
  }

  @Override
  public Headers headers() {
    return head.headers();
  }

  @Override
  public String protocol() {
    return head.protocol();
  }

  @Override
  public List<X509Certificate> peerCertificates() {
    return head.peerCertificates();
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return head.remoteAddress();
  }

  @Override
  public byte[] readBody(int limit) throws IOException {
    String length = headers().first("Content-Length");
    if (length != null && length.length() > 9 || parsed(length) > limit) {
      throw new BodyTooLargeException(limit);
    }
    wire.wantBody();
    byte[] first = inbound.next();
    if (first == null) {
      return new byte[0];
    }
    byte[] next = first.length > limit ? first : inbound.next();
    if (next == null) {
      return first;
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream(first.length + next.length);
    all.writeBytes(first);
    long begunNanos = System.nanoTime();
    while (next != null) {
      if (all.size() + next.length > limit) {
        throw new BodyTooLargeException(limit);
      }
      if (System.nanoTime() - begunNanos > Limits.BODY_TIMEOUT.toNanos()) {
        throw new ClientGoneException("the client sends its body too slowly");
      }
      all.writeBytes(next);
      next = inbound.next();
    }
    return all.toByteArray();
  }

  private static int parsed(@Nullable String length) {
    try {
      return length == null ? 0 : Integer.parseInt(length);
    } catch (NumberFormatException e) {
      // The decoder has refused such a request already.
      return Integer.MAX_VALUE;
    }
  }

  @Override
  public InputStream body() {
    wire.wantBody();
    return inbound;
  }

  @Override
  public void respond(int status, Headers headers, List<byte[]> segments) throws IOException {
    long length = 0;
    for (byte[] segment : segments) {
      length += segment.length;
    }
    if (length > Limits.GZIP_THRESHOLD_BYTES && acceptsGzip(headers)) {
      respondGzipped(status, headers, segments.iterator());
      return;
    }
    begin();
    send(new Wire.Head(status, headers, length), segments, length);
  }

  @Override
  public void respondStreaming(int status, Headers headers, Iterator<byte[]> segments)
      throws IOException {
    if (!acceptsGzip(headers)) {
      begin();
      sendPacked(new Wire.Head(status, headers, -1), segments);
      return;
    }
    // Whether compression pays is known once the threshold is passed or the body has ended.
    List<byte[]> start = new ArrayList<>();
    long length = 0;
    while (length <= Limits.GZIP_THRESHOLD_BYTES && segments.hasNext()) {
      byte[] segment = segments.next();
      length += segment.length;
      start.add(segment);
    }
    if (length <= Limits.GZIP_THRESHOLD_BYTES) {
      respond(status, headers, start);
    } else {
      respondGzipped(status, headers, new Chained<>(start.iterator(), segments));
    }
  }

  private void respondGzipped(int status, Headers headers, Iterator<byte[]> segments)
      throws IOException {
    begin();
    Headers gzipped = headers.with("Content-Encoding", "gzip").with("Vary", "Accept-Encoding");
    sendPacked(new Wire.Head(status, gzipped, -1), new GzipSegments(segments));
  }

  private boolean acceptsGzip(Headers response) {
    return headers().hasToken("Accept-Encoding", "gzip")
        && response.first("Content-Encoding") == null;
  }

  private void begin() {
    if (responded) {
      throw new IllegalStateException("this request has been answered already");
    }
    responded = true;
  }

  private void send(Wire.Head responseHead, List<byte[]> segments, long length) throws IOException {
    if (length > PackedSegments.PIECE_BYTES || segments.size() > FEW_SEGMENTS) {
      sendPacked(responseHead, segments.iterator());
      return;
    }
    boolean empty = length == 0 || head.method().equals("HEAD");
    if (!empty) {
      window.acquire((int) length);
    }
    wire.send(responseHead, empty ? NOTHING : segments, empty ? 0 : (int) length, true, true);
    ended = true;
  }

  private void sendPacked(Wire.Head responseHead, Iterator<byte[]> segments) throws IOException {
    if (head.method().equals("HEAD")) {
      wire.send(responseHead, NOTHING, 0, true, true);
      ended = true;
      return;
    }
    Wire.@Nullable Head unsent = responseHead;
    PackedSegments pieces = new PackedSegments(segments, responseHead.contentLength());
    do {
      byte[] piece = pieces.hasNext() ? pieces.next() : new byte[0];
      window.acquire(piece.length);
      wire.send(unsent, List.of(piece), piece.length, !pieces.hasNext(), true);
      unsent = null;
    } while (pieces.hasNext());
    ended = true;
  }

  @Override
  public ResponseStream startStream(int status, Headers headers) throws IOException {
    begin();
    streaming = true;
    wire.send(new Wire.Head(status, headers, -1), NOTHING, 0, false, true);
    StreamedResponse begun =
        new StreamedResponse(wire, window, head.method().equals("HEAD"), () -> ended = true);
    stream = begun;
    return begun;
  }

  @Override
  public boolean responded() {
    return responded;
  }

  @Override
  public boolean isWebSocketUpgrade() {
    return isUpgrade()
        && headers().hasToken("Upgrade", "websocket")
        && head.method().equals("GET")
        && headers().first("Sec-WebSocket-Key") != null
        && "13".equals(headers().first("Sec-WebSocket-Version"));
  }

  private boolean isUpgrade() {
    return head.protocol().equals("HTTP/1.1") && headers().hasToken("Connection", "Upgrade");
  }

  @Override
  public List<String> webSocketProtocols() {
    List<String> protocols = new ArrayList<>();
    for (String value : headers().all("Sec-WebSocket-Protocol")) {
      for (String protocol : value.split(",")) {
        protocols.add(protocol.strip());
      }
    }
    return protocols;
  }

  @Override
  public WebSocket acceptWebSocket(String protocol) throws IOException {
    if (!isWebSocketUpgrade()) {
      throw new IllegalStateException("not a WebSocket upgrade");
    }
    String key = headers().firstOr("Sec-WebSocket-Key", "");
    Headers answer =
        Headers.of(
            "Upgrade", "websocket", "Sec-WebSocket-Accept", WebSocketHandshake.acceptKey(key));
    if (!protocol.isEmpty()) {
      answer = answer.with("Sec-WebSocket-Protocol", protocol);
    }
    ConnectionTunnel bytes = switchProtocols(answer);
    FramedWebSocket socket =
        FramedWebSocket.server(protocol, bytes.input(), bytes.output(), bytes::close);
    timers.every(Limits.WEBSOCKET_PING_INTERVAL, () -> socket.pingIfIdle(bytes::offer));
    return socket;
  }

  @Override
  public ConnectionTunnel switchProtocols(Headers headers) throws IOException {
    if (!isUpgrade()) {
      throw new IllegalStateException("not an upgrade request");
    }
    begin();
    streaming = true;
    inbound.neverStalls();
    wire.upgrade(headers.with("Connection", "Upgrade"));
    ConnectionTunnel opened = new ConnectionTunnel(inbound, wire, window, () -> ended = true);
    tunnel = opened;
    return opened;
  }

  @Override
  public boolean clientGone() {
    goneLock.lock();
    try {
      return gone;
    } finally {
      goneLock.unlock();
    }
  }

  @Override
  public void onClientGone(Runnable action) {
    goneLock.lock();
    try {
      if (!gone) {
        goneActions.add(action);
        return;
      }
    } finally {
      goneLock.unlock();
    }
    action.run();
  }

  /** The connection or stream has closed. On the event loop. */
  void fail() {
    inbound.fail();
    window.fail();
    tellGone();
  }

  /** The server stops: what goes on for long is to end itself in order. */
  void drain() {
    if (streaming) {
      tellGone();
    }
  }

  private void tellGone() {
    List<Runnable> actions;
    goneLock.lock();
    try {
      gone = true;
      actions = List.copyOf(goneActions);
      goneActions.clear();
    } finally {
      goneLock.unlock();
    }
    actions.forEach(Runnable::run);
  }

  /** The handler has returned: what it left open is closed, what it left out is said. */
  void finish() throws IOException {
    if (!responded) {
      respond(500, Headers.of("Content-Type", "text/plain"), NOTHING);
    } else if (stream != null) {
      stream.close();
    } else if (tunnel != null) {
      tunnel.close();
    } else if (!ended) {
      wire.abort();
    }
  }

  /** The handler has thrown. */
  void finishFailed() throws IOException {
    if (!responded) {
      respond(
          500,
          Headers.of("Content-Type", "text/plain; charset=utf-8"),
          "Internal Server Error\n".getBytes(UTF_8));
    } else if (!ended) {
      wire.abort();
    }
  }

  private record Chained<T>(Iterator<T> first, Iterator<T> second) implements Iterator<T> {
    @Override
    public boolean hasNext() {
      return first.hasNext() || second.hasNext();
    }

    @Override
    public T next() {
      return first.hasNext() ? first.next() : second.next();
    }
  }
}
