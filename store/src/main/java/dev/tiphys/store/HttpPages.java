package dev.tiphys.store;

import dev.tiphys.daemon.StatusServer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Tells pages over HTTP/1 on one connection: one request at a time, read only, without bodies, and
 * each within {@link Limits#HTTP_TURN}. For the connection's event loop.
 */
final class HttpPages extends SimpleChannelInboundHandler<HttpObject> {
  private final Book book;
  private final Executor threads;
  private @Nullable HttpRequest request;
  private @Nullable Future<?> turn;
  private boolean answering;
  private boolean keepAlive = true;

  /** Knows the pages. */
  @FunctionalInterface
  interface Book {
    /**
     * Looks a page up; one that tells of health may take seconds, for it asks other members.
     *
     * @param path with its slash
     * @param query "" without one
     */
    Optional<StatusServer.Page> page(String path, String query);
  }

  /** Takes connections, up to {@link Limits#HTTP_CONNECTIONS} at a time. Thread-safe. */
  static final class Desk {
    private final Book book;
    private final Executor threads;
    private final AtomicInteger connections = new AtomicInteger();

    /** Takes the pages and the threads on which they are put together. */
    Desk(Book book, Executor threads) {
      this.book = book;
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
      var codec =
          new HttpServerCodec(
              Limits.HTTP_LINE_BYTES, Limits.HTTP_HEADER_BYTES, Limits.HTTP_LINE_BYTES);
      var pages = new HttpPages(book, threads);
      context.pipeline().addAfter(context.name(), null, pages);
      context.pipeline().addAfter(context.name(), null, codec);
      context.pipeline().remove(door);
    }
  }

  private HttpPages(Book book, Executor threads) {
    this.book = book;
    this.threads = threads;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    beginTurn(context);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    endTurn();
    super.channelInactive(context);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
    if (answering) {
      keepAlive = false; // who does not wait for the answer gets no second one
      return;
    }
    if (part instanceof HttpRequest begun) {
      request = begun;
    }
    var head = request;
    if (head == null || !part.decoderResult().isSuccess()) {
      keepAlive = false;
      send(context, refusal(400, "400 Bad Request\n"), false);
      return;
    }
    boolean bodied = !(part instanceof HttpRequest) && !(part instanceof LastHttpContent);
    if (bodied || part instanceof LastHttpContent) {
      keepAlive &= !bodied && HttpUtil.isKeepAlive(head);
      answer(context, head);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close(); // the client went away, or the page failed: it will ask again
  }

  private void answer(ChannelHandlerContext context, HttpRequest head) {
    answering = true;
    request = null;
    boolean bare = head.method().equals(HttpMethod.HEAD);
    if (!bare && !head.method().equals(HttpMethod.GET)) {
      send(context, refusal(405, "Method Not Allowed\n"), false);
      return;
    }
    var asked = new QueryStringDecoder(head.uri());
    try {
      threads.execute(() -> {
        var page =
            book.page(asked.path(), asked.rawQuery())
                .orElseGet(() -> refusal(404, "404 page not found\n"));
        context.executor().execute(() -> send(context, page, bare));
      });
    } catch (RejectedExecutionException e) {
      context.close(); // the end of the member
    }
  }

  private void send(ChannelHandlerContext context, StatusServer.Page page, boolean bare) {
    answering = true;
    byte[] body = page.body().getBytes(StandardCharsets.UTF_8);
    ByteBuf bytes = bare ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body);
    var response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(page.status()), bytes);
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, page.contentType())
        .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
        .set("X-Content-Type-Options", "nosniff");
    if (page.status() == 405) {
      response.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
    }
    HttpUtil.setKeepAlive(response, keepAlive);
    context
        .writeAndFlush(response)
        .addListener(
            (ChannelFutureListener)
                sent -> {
                  if (!sent.isSuccess() || !keepAlive) {
                    context.close();
                    return;
                  }
                  answering = false;
                  beginTurn(context);
                });
  }

  private static StatusServer.Page refusal(int status, String text) {
    return new StatusServer.Page(status, "text/plain; charset=utf-8", text);
  }

  private void beginTurn(ChannelHandlerContext context) {
    endTurn();
    turn =
        context
            .executor()
            .schedule(
                () -> {
                  context.close();
                },
                Limits.HTTP_TURN.toMillis(),
                TimeUnit.MILLISECONDS);
  }

  private void endTurn() {
    if (turn != null) {
      turn.cancel(false);
    }
  }
}
