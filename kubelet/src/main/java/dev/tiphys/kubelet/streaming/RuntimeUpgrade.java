package dev.tiphys.kubelet.streaming;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Promise;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A connection to the runtime's streaming server that has just left HTTP.
 *
 * @param channel not reading until {@link #handOver}
 * @param response the runtime's 101
 */
record RuntimeUpgrade(Channel channel, HttpResponse response) {
  private static final int DEFAULT_PORT = 80;

  /**
   * Connects to {@code url} and asks it to change to the protocol that {@code headers} name.
   * Blocks; not to be called on the event loop.
   */
  static RuntimeUpgrade connect(
      EventLoop eventLoop, URI url, HttpMethod method, HttpHeaders headers)
      throws StreamingException, InterruptedException {
    if (!"http".equals(url.getScheme()) || url.getHost() == null) {
      throw new StreamingException(
          500,
          "the container runtime offers streams at "
              + url.getScheme()
              + "://, but only http:// is supported: turn TLS of its streaming server off",
          null);
    }
    Promise<RuntimeUpgrade> upgrade = eventLoop.newPromise();
    FullHttpRequest request = request(url, method, headers);
    Bootstrap bootstrap =
        new Bootstrap()
            .group(eventLoop)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Limits.CONNECT.toMillis())
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel
                        .pipeline()
                        .addLast(new HttpClientCodec())
                        .addLast(new Handshake(request, upgrade));
                  }
                });
    int port = url.getPort() < 0 ? DEFAULT_PORT : url.getPort();
    ChannelFuture connecting = bootstrap.connect(url.getHost(), port);
    connecting.addListener(connected -> {
      if (!connected.isSuccess()) {
        ReferenceCountUtil.release(request);
        upgrade.tryFailure(connected.cause());
      }
    });
    try {
      return await(upgrade);
    } catch (StreamingException | InterruptedException e) {
      connecting.channel().close();
      throw e;
    }
  }

  /** Puts the new protocol's handlers in and lets the connection read. On the event loop. */
  void handOver(ChannelHandler... handlers) {
    channel.pipeline().addLast(handlers);
    channel.pipeline().get(Held.class).release();
    channel.config().setAutoRead(true);
  }

  private static RuntimeUpgrade await(Promise<RuntimeUpgrade> upgrade)
      throws StreamingException, InterruptedException {
    try {
      return upgrade.get(Limits.UPGRADE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof StreamingException refused) {
        throw refused;
      }
      throw new StreamingException(
          502, "cannot reach the container runtime's streaming server: " + e.getMessage(), e);
    } catch (TimeoutException e) {
      throw new StreamingException(
          504, "the container runtime's streaming server does not answer", e);
    }
  }

  private static FullHttpRequest request(URI url, HttpMethod method, HttpHeaders headers) {
    String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
    FullHttpRequest request =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1, method, url.getRawPath() + query, Unpooled.EMPTY_BUFFER);
    request
        .headers()
        .set(headers)
        .set(HttpHeaderNames.HOST, url.getRawAuthority())
        .set(HttpHeaderNames.CONTENT_LENGTH, 0);
    return request;
  }

  /** Sends the request when connected and takes HTTP off the pipeline when it is granted. */
  private static final class Handshake extends ChannelInboundHandlerAdapter {
    private final FullHttpRequest request;
    private final Promise<RuntimeUpgrade> upgrade;
    private final StringBuilder refusal = new StringBuilder();
    private @Nullable HttpResponse response;

    Handshake(FullHttpRequest request, Promise<RuntimeUpgrade> upgrade) {
      this.request = request;
      this.upgrade = upgrade;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      ctx.writeAndFlush(request);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      try {
        if (message instanceof HttpResponse head) {
          response = head;
        }
        if (message instanceof HttpContent content && refusal.length() < Limits.REFUSAL_BYTES) {
          refusal.append(content.content().toString(UTF_8));
        }
        if (message instanceof LastHttpContent && response != null) {
          finish(ctx, response);
        }
      } finally {
        ReferenceCountUtil.release(message);
      }
    }

    private void finish(ChannelHandlerContext ctx, HttpResponse answer) {
      if (!answer.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
        upgrade.tryFailure(
            new StreamingException(
                answer.status().code() < 500 ? 500 : answer.status().code(),
                "the container runtime refused the streams: "
                    + answer.status()
                    + ": "
                    + refusal.toString().strip(),
                null));
        ctx.close();
        return;
      }
      ctx.channel().config().setAutoRead(false);
      ctx.pipeline().addLast(new Held());
      ctx.pipeline().remove(HttpClientCodec.class);
      ctx.pipeline().remove(this);
      if (!upgrade.trySuccess(new RuntimeUpgrade(ctx.channel(), answer))) {
        ctx.close();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      upgrade.tryFailure(
          new StreamingException(
              502, "the container runtime's streaming server closed the connection", null));
      ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      upgrade.tryFailure(cause);
      ctx.close();
    }
  }

  /** Keeps what the runtime sent right behind its 101 until there is a handler for it. */
  private static final class Held extends ChannelInboundHandlerAdapter {
    private final Deque<Object> early = new ArrayDeque<>();
    private @Nullable ChannelHandlerContext context;

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
      context = ctx;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      early.add(message);
    }

    void release() {
      ChannelHandlerContext ctx = requireNonNull(context);
      while (!early.isEmpty()) {
        ctx.fireChannelRead(early.poll());
      }
      ctx.fireChannelReadComplete();
      ctx.pipeline().remove(this);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      early.forEach(ReferenceCountUtil::release);
      early.clear();
      ctx.fireChannelInactive();
    }
  }
}
