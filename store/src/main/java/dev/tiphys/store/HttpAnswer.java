package dev.tiphys.store;

import dev.tiphys.store.gateway.JsonAnswer;
import dev.tiphys.store.gateway.JsonCall;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * An answer of the gateway on its way into a connection. What it sends comes from the call's
 * thread; who takes it, and whether there is room, is told by the event loop.
 */
final class HttpAnswer implements JsonAnswer {
  private final ChannelHandlerContext context;
  private final HttpConnection connection;
  private final HttpRequest request;
  private @Nullable JsonCall call;

  HttpAnswer(ChannelHandlerContext context, HttpConnection connection, HttpRequest request) {
    this.context = context;
    this.connection = connection;
    this.request = request;
  }

  /** Says whose answer it is. */
  void of(JsonCall answered) {
    call = answered;
  }

  /** There is room again. */
  void room() {
    if (call != null) {
      call.look();
    }
  }

  /** Cancels the call, on a thread that may take its time. */
  void clientLeft(Executor threads) {
    if (call != null) {
      try {
        threads.execute(call::leave);
      } catch (RejectedExecutionException e) {
        // The end of the member, which the call's thread is told of by itself.
        call = null;
      }
    }
  }

  @Override
  public void whole(int status, Map<String, String> headers, byte[] body) {
    var response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), Unpooled.wrappedBuffer(body));
    headers.forEach(response.headers()::set);
    response.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.length);
    context.executor().execute(() -> connection.write(context, request, response));
  }

  @Override
  public void begin(int status, Map<String, String> headers) {
    var response =
        new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
    headers.forEach(response.headers()::set);
    boolean inChunks = request.protocolVersion().isKeepAliveDefault();
    HttpUtil.setTransferEncodingChunked(response, inChunks);
    context
        .executor()
        .execute(() -> {
          connection.complete(request, response, inChunks);
          context.write(response);
        });
  }

  @Override
  public void part(byte[] bytes) {
    // Not by way of a task of ours: Netty counts what is on its way to the event loop.
    context.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(bytes)));
  }

  @Override
  public void end() {
    context
        .executor()
        .execute(() -> connection.write(context, request, LastHttpContent.EMPTY_LAST_CONTENT));
  }

  @Override
  public void abandon() {
    context.close();
  }

  @Override
  public boolean isWritable() {
    return context.channel().isWritable();
  }
}
