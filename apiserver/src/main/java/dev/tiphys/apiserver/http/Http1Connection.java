package dev.tiphys.apiserver.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 connection: requests are handled one after the other, however many the client sends
 * ahead. All state belongs to the connection's event loop.
 */
final class Http1Connection extends ChannelInboundHandlerAdapter implements OpenConnection {

  private static final int PIPELINED_OBJECTS = 64;

  private final Handlers handlers;
  private final Patience patience;
  private final List<X509Certificate> peerCertificates;
  private final Deque<HttpObject> waiting = new ArrayDeque<>();
  private @Nullable ChannelHandlerContext context;
  private @Nullable ConnectionLoop loop;
  private @Nullable Http1Stream current;
  private boolean asked;
  private boolean refused;
  private boolean draining;
  private boolean upgraded;
  private boolean readPaused;
  private long quietSinceNanos = System.nanoTime();

  Http1Connection(Handlers handlers, Patience patience, List<X509Certificate> peerCertificates) {
    this.handlers = handlers;
    this.patience = patience;
    this.peerCertificates = peerCertificates;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    ConnectionLoop own = new ConnectionLoop(ctx);
    loop = own;
    own.every(patience.sweep(), this::sweep);
  }

  private ChannelHandlerContext context() {
    if (context == null) {
      throw new IllegalStateException("not yet in a pipeline");
    }
    return context;
  }

  /** Closes what has been silent for too long between requests or inside a request. */
  private void sweep() {
    boolean overdue =
        current == null
            ? System.nanoTime() - quietSinceNanos > quietAtMost().toNanos()
            : current.overdue();
    if (overdue) {
      context().close();
    }
  }

  private Duration quietAtMost() {
    return asked ? patience.idle() : patience.firstHead();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (upgraded && message instanceof ByteBuf bytes) {
      if (current != null) {
        current.addBody(bytes);
      }
      bytes.release();
    } else if (!(message instanceof HttpObject object) || refused) {
      ReferenceCountUtil.release(message);
    } else if (waiting.isEmpty() && accepts(object)) {
      take(object);
    } else {
      waiting.add(object);
      pauseReading(waiting.size() >= PIPELINED_OBJECTS);
    }
  }

  /** Whether an object belongs to the request under way, or there is none under way. */
  private boolean accepts(HttpObject object) {
    return current == null
        ? object instanceof HttpRequest
        : !current.bodyEnded() && object instanceof HttpContent;
  }

  private void take(HttpObject object) {
    try {
      if (object.decoderResult().isFailure()) {
        refuse(object.decoderResult().cause());
        return;
      }
      if (object instanceof HttpRequest request) {
        begin(request);
      }
      if (object instanceof HttpContent content && current != null) {
        current.addBody(content.content());
        if (object instanceof LastHttpContent) {
          current.endBody();
        }
      }
    } finally {
      ReferenceCountUtil.release(object);
    }
  }

  private void begin(HttpRequest request) {
    Http1Stream stream;
    try {
      stream = new Http1Stream(this, request, head(request));
    } catch (MalformedRequestException e) {
      refuse(400, "400 Bad Request: " + e.getMessage());
      return;
    }
    current = stream;
    asked = true;
    if (stream.startsAtOnce()) {
      stream.start();
    }
  }

  private RequestHead head(HttpRequest request) throws MalformedRequestException {
    if (!request.headers().contains(HttpHeaderNames.HOST)
        && request.protocolVersion().minorVersion() > 0) {
      throw new MalformedRequestException("missing required Host header");
    }
    List<String> fields = new ArrayList<>(request.headers().size() * 2);
    request
        .headers()
        .forEach(e -> {
          fields.add(e.getKey());
          fields.add(e.getValue());
        });
    return new RequestHead(
        request.method().name(),
        RequestTarget.parse(request.uri()),
        Headers.of(fields.toArray(String[]::new)),
        "HTTP/1.1",
        peerCertificates,
        (InetSocketAddress) context().channel().remoteAddress());
  }

  private void refuse(Throwable cause) {
    switch (cause) {
      case TooLongHttpLineException _ -> refuse(414, "414 Request-URI Too Long");
      case TooLongHttpHeaderException _ -> refuse(431, "431 Request Header Fields Too Large");
      case TooLongFrameException _ -> refuse(400, "400 Bad Request");
      default -> refuse(400, "400 Bad Request");
    }
  }

  private void refuse(int status, String reason) {
    refused = true;
    if (current != null && current.responding()) {
      context().close();
      return;
    }
    if (current != null) {
      current.fail();
    }
    write(List.of(Http1Response.refusal(status, reason))).addListener(ChannelFutureListener.CLOSE);
    context().flush();
  }

  /** The answer to the current request is sent and its body taken: on to the next. */
  void finished(Http1Stream stream, boolean keepAlive) {
    if (current != stream) {
      return;
    }
    current = null;
    quietSinceNanos = System.nanoTime();
    if (!keepAlive || draining) {
      context().flush();
      write(List.of()).addListener(ChannelFutureListener.CLOSE);
      context().flush();
      return;
    }
    while (!waiting.isEmpty() && !refused && accepts(waiting.element())) {
      take(waiting.remove());
    }
    pauseReading(waiting.size() >= PIPELINED_OBJECTS);
  }

  void pauseReading(boolean pause) {
    if (pause != readPaused) {
      readPaused = pause;
      context().channel().config().setAutoRead(!pause);
    }
  }

  /** Removes HTTP from the pipeline; bytes already received come as they are. */
  void leaveHttp() {
    upgraded = true;
    context().pipeline().remove(HttpRequestDecoder.class);
  }

  /** Writes bytes; they leave with the next flush. */
  ChannelFuture write(List<byte[]> segments) {
    ByteBuf bytes =
        segments.size() == 1
            ? Unpooled.wrappedBuffer(segments.getFirst())
            : Unpooled.wrappedBuffer(segments.toArray(byte[][]::new));
    return context().write(bytes);
  }

  void flush() {
    context().flush();
  }

  void close() {
    context().close();
  }

  Handlers handlers() {
    return handlers;
  }

  ConnectionLoop loop() {
    if (loop == null) {
      throw new IllegalStateException("not yet in a pipeline");
    }
    return loop;
  }

  static byte[] bytesOf(ByteBuf buffer) {
    return ByteBufUtil.getBytes(buffer);
  }

  static boolean keepsAlive(HttpRequest request) {
    return HttpUtil.isKeepAlive(request);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (current != null) {
      current.fail();
      current = null;
    }
    waiting.forEach(ReferenceCountUtil::release);
    waiting.clear();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // Resets and TLS alerts of a client: the connection is of no more use, and nobody's fault.
    ctx.close();
  }

  @Override
  public void drain() {
    loop()
        .execute(() -> {
          draining = true;
          if (current == null) {
            context().close();
          } else {
            current.drain();
          }
        });
  }
}
