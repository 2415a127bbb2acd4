package dev.tiphys.kubelet.server;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.IdleStateEvent;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands each request of a connection to a thread of its own, one at a time, and interrupts that
 * thread when the client goes. Its state belongs to the event loop.
 */
final class RequestHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final Logger log = LoggerFactory.getLogger(RequestHandler.class);

  private final ExecutorService executor;
  private final Consumer<Exchange> endpoints;
  private @Nullable Future<?> underWay;
  private @Nullable FullHttpRequest next;

  RequestHandler(ExecutorService executor, Consumer<Exchange> endpoints) {
    this.executor = executor;
    this.endpoints = endpoints;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
    if (!request.decoderResult().isSuccess() || next != null) {
      ctx.close(); // Not HTTP, or more requests at once than any client has reason to send.
    } else if (underWay != null) {
      next = request.retain();
    } else {
      start(ctx, request.retain());
    }
  }

  private void start(ChannelHandlerContext ctx, FullHttpRequest request) {
    Exchange exchange;
    try {
      exchange = new Exchange(ctx.channel(), this, request);
    } catch (IllegalArgumentException e) {
      request.release();
      ctx.writeAndFlush(
              new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.BAD_REQUEST))
          .addListener(ChannelFutureListener.CLOSE); // The path or query is not encoded as it must.
      return;
    }
    underWay =
        executor.submit(() -> {
          try {
            endpoints.accept(exchange);
          } finally {
            ctx.executor().execute(() -> finished(ctx, request));
          }
        });
  }

  private void finished(ChannelHandlerContext ctx, FullHttpRequest request) {
    request.release();
    underWay = null;
    FullHttpRequest waiting = next;
    next = null;
    if (waiting == null) {
      return;
    }
    if (ctx.channel().isActive()) {
      start(ctx, waiting);
    } else {
      waiting.release();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (underWay != null) {
      underWay.cancel(true);
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof IdleStateEvent && underWay == null) {
      ctx.close();
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    log.debug("event=connection-failed client={}", ctx.channel().remoteAddress(), cause);
    ctx.close();
  }
}
