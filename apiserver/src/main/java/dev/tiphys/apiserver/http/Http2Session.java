package dev.tiphys.apiserver.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/2 connection: its requests are handled side by side. Frames go straight between Netty's
 * codec and the streams, with no channel a stream, which is what keeps a request cheap. All state
 * belongs to the connection's event loop.
 */
final class Http2Session extends Http2ConnectionHandler implements OpenConnection {

  private final Handlers handlers;
  private final Patience patience;
  private final List<X509Certificate> peerCertificates;
  private final Http2FrameReceiver receiver;
  private @Nullable ChannelHandlerContext context;
  private @Nullable ConnectionLoop loop;
  private boolean greeted;
  private boolean flushScheduled;
  private int running;
  private boolean heardSinceSweep = true;
  private int silentSweeps;
  private long quietSinceNanos = System.nanoTime();

  Http2Session(
      Http2ConnectionDecoder decoder,
      Http2ConnectionEncoder encoder,
      Http2Settings settings,
      Http2FrameReceiver receiver,
      Handlers handlers,
      Patience patience,
      List<X509Certificate> peerCertificates) {
    super(decoder, encoder, settings);
    this.handlers = handlers;
    this.patience = patience;
    this.peerCertificates = peerCertificates;
    this.receiver = receiver;
    receiver.serve(this);
    gracefulShutdownTimeoutMillis(Limits.DRAIN_TIMEOUT.toMillis());
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    context = ctx;
    ConnectionLoop own = new ConnectionLoop(ctx);
    loop = own;
    super.handlerAdded(ctx);
    own.every(patience.sweep(), this::sweep);
    widenConnectionWindow();
  }

  private void widenConnectionWindow() throws Http2Exception {
    Http2Stream all = connection().connectionStream();
    int more =
        Limits.HTTP2_CONNECTION_WINDOW_BYTES
            - connection().local().flowController().initialWindowSize(all);
    if (more > 0) {
      connection().local().flowController().incrementWindowSize(all, more);
      scheduleFlush();
    }
  }

  ChannelHandlerContext context() {
    if (context == null) {
      throw new IllegalStateException("not yet in a pipeline");
    }
    return context;
  }

  /** Ends connections without requests, and probes silent ones: their client may have vanished. */
  private void sweep() {
    if (connection().numActiveStreams() > 0) {
      quietSinceNanos = System.nanoTime();
      openStreams().stream()
          .filter(Http2RequestStream::overdue)
          .forEach(stream -> reset(stream.id(), Http2Error.CANCEL));
    } else if (System.nanoTime() - quietSinceNanos > quietAtMost().toNanos()) {
      context().channel().close();
      return;
    }
    silentSweeps = heardSinceSweep ? 0 : silentSweeps + 1;
    heardSinceSweep = false;
    long silentNanos = silentSweeps * patience.sweep().toNanos();
    if (silentNanos >= 2 * Limits.HTTP2_PING_INTERVAL.toNanos()) {
      context().channel().close();
    } else if (silentNanos >= Limits.HTTP2_PING_INTERVAL.toNanos()) {
      encoder().writePing(context(), false, 0, context().newPromise());
      scheduleFlush();
    }
  }

  private Duration quietAtMost() {
    return greeted ? patience.idle() : patience.firstHead();
  }

  /** The client's settings have come. */
  void greeted() {
    greeted = true;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    heardSinceSweep = true;
    super.channelRead(ctx, message);
  }

  /** A request's head has come. */
  void begin(int streamId, Http2Headers fields, boolean endOfStream) throws Http2Exception {
    if (running >= Limits.HTTP2_RUNNING_HANDLERS) {
      throw Http2Exception.connectionError(
          Http2Error.ENHANCE_YOUR_CALM, "too many requests were given up and are still handled");
    }
    RequestHead head;
    try {
      head =
          Http2Heads.request(
              fields, peerCertificates, (InetSocketAddress) context().channel().remoteAddress());
    } catch (MalformedRequestException e) {
      refuse(streamId, 400, "400 Bad Request: " + e.getMessage());
      return;
    }
    Http2RequestStream stream = new Http2RequestStream(this, streamId, head);
    Http2Stream protocolStream = connection().stream(streamId);
    protocolStream.setProperty(receiver.key(), stream);
    if (endOfStream) {
      stream.endBody();
    } else if (head.headers().hasToken("Expect", "100-continue")) {
      stream.start();
    }
  }

  private void refuse(int streamId, int status, String reason) {
    byte[] text = reason.getBytes(UTF_8);
    Wire.Head head =
        new Wire.Head(status, Headers.of("Content-Type", "text/plain; charset=utf-8"), text.length);
    writeHead(streamId, head, false);
    writeData(streamId, List.of(text), true);
    scheduleFlush();
  }

  void start(Exchange exchange) {
    running++;
    handlers.start(exchange, () -> loop().execute(() -> running--));
  }

  ChannelFuture writeHead(int streamId, Wire.Head head, boolean end) {
    return encoder()
        .writeHeaders(
            context(), streamId, Http2Heads.response(head), 0, end, context().newPromise());
  }

  void writeContinue(int streamId) {
    encoder()
        .writeHeaders(
            context(), streamId, Http2Heads.informational(), 0, false, context().newPromise());
  }

  ChannelFuture writeData(int streamId, List<byte[]> segments, boolean end) {
    ByteBuf bytes =
        segments.isEmpty()
            ? Unpooled.EMPTY_BUFFER
            : Unpooled.wrappedBuffer(segments.toArray(byte[][]::new));
    return encoder().writeData(context(), streamId, bytes, 0, end, context().newPromise());
  }

  /** Gives a client leave to send as many bytes more on a stream. */
  void returnWindow(int streamId, int bytes) {
    Http2Stream stream = connection().stream(streamId);
    if (stream == null) {
      return;
    }
    try {
      if (connection().local().flowController().consumeBytes(stream, bytes)) {
        scheduleFlush();
      }
    } catch (Http2Exception e) {
      onError(context(), true, e);
    }
  }

  void reset(int streamId, Http2Error error) {
    Http2Stream stream = connection().stream(streamId);
    if (stream != null) {
      resetStream(context(), streamId, error.code(), context().newPromise());
      scheduleFlush();
    }
  }

  /** Whether the client has ended its side of a stream, or the stream is gone. */
  boolean remoteEnded(int streamId) {
    Http2Stream stream = connection().stream(streamId);
    return stream == null || !stream.state().remoteSideOpen();
  }

  /** Many answers of one turn of the event loop leave in one flush. */
  void scheduleFlush() {
    if (!flushScheduled) {
      flushScheduled = true;
      loop()
          .executeLater(() -> {
            flushScheduled = false;
            flush(context());
          });
    }
  }

  ConnectionLoop loop() {
    if (loop == null) {
      throw new IllegalStateException("not yet in a pipeline");
    }
    return loop;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
    if (Http2CodecUtil.getEmbeddedHttp2Exception(cause) != null) {
      super.exceptionCaught(ctx, cause);
    } else {
      ctx.channel().close();
    }
  }

  private List<Http2RequestStream> openStreams() {
    List<Http2RequestStream> open = new ArrayList<>();
    try {
      connection()
          .forEachActiveStream(stream -> {
            Http2RequestStream ours = stream.getProperty(receiver.key());
            if (ours != null) {
              open.add(ours);
            }
            return true;
          });
    } catch (Http2Exception e) {
      throw new IllegalStateException("gathering streams does not fail", e);
    }
    return open;
  }

  @Override
  public void drain() {
    loop()
        .execute(() -> {
          List<Http2RequestStream> open = openStreams();
          // GOAWAY now, the end when the streams under way have ended.
          context().channel().close();
          open.forEach(Http2RequestStream::drain);
        });
  }
}
