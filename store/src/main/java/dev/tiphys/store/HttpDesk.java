package dev.tiphys.store;

import dev.tiphys.store.gateway.JsonGateway;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpServerCodec;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Takes connections that speak HTTP/1, up to {@link Limits#HTTP_CONNECTIONS} at a time, and counts
 * what they may have of what all share. Thread-safe.
 */
final class HttpDesk {
  private final HttpPages pages;
  private final JsonGateway gateway;
  private final HttpRules rules;
  private final Executor threads;
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicLong bodyBytes = new AtomicLong();

  /** Takes what is served, to whom, and the threads on which it is put together. */
  HttpDesk(HttpPages pages, JsonGateway gateway, HttpRules rules, Executor threads) {
    this.pages = pages;
    this.gateway = gateway;
    this.rules = rules;
    this.threads = threads;
  }

  /** Serves the connection from here on, in the place of a handler. */
  void welcome(ChannelHandlerContext context, ChannelHandler door) {
    if (connections.incrementAndGet() > Limits.HTTP_CONNECTIONS) {
      connections.decrementAndGet();
      context.close();
      return;
    }
    context.channel().closeFuture().addListener(_ -> connections.decrementAndGet());
    // Who is gone without a word is found out, some day, by the system.
    context.channel().config().setOption(ChannelOption.SO_KEEPALIVE, true);
    var codec =
        new HttpServerCodec(
            Limits.HTTP_LINE_BYTES, Limits.HTTP_HEADER_BYTES, Limits.HTTP_LINE_BYTES);
    context.pipeline().addAfter(context.name(), null, new HttpConnection(this));
    context.pipeline().addAfter(context.name(), null, codec);
    context.pipeline().remove(door);
  }

  HttpPages pages() {
    return pages;
  }

  JsonGateway gateway() {
    return gateway;
  }

  HttpRules rules() {
    return rules;
  }

  Executor threads() {
    return threads;
  }

  /** Counts a call of the gateway; false when there are too many. */
  boolean beginCall() {
    if (calls.incrementAndGet() > Limits.GATEWAY_CALLS) {
      calls.decrementAndGet();
      return false;
    }
    return true;
  }

  void endCall() {
    calls.decrementAndGet();
  }

  /** Counts bytes of a body that is being read; false when all bodies have too many. */
  boolean hold(int bytes) {
    long held = bodyBytes.addAndGet(bytes);
    return held <= Math.max(Limits.HTTP_BODIES_BYTES, gateway.maxBodyBytes());
  }

  void release(int bytes) {
    bodyBytes.addAndGet(-bytes);
  }
}
