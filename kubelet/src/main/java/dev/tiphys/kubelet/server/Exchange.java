package dev.tiphys.kubelet.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One request and its answer. For the one thread that handles it; methods that send block. */
final class Exchange {
  private final Channel channel;
  private final ChannelHandler handler;
  private final FullHttpRequest request;
  private final String path;
  private final Map<String, List<String>> query;
  private boolean answered;

  Exchange(Channel channel, ChannelHandler handler, FullHttpRequest request) {
    this.channel = channel;
    this.handler = handler;
    this.request = request;
    QueryStringDecoder uri = new QueryStringDecoder(request.uri());
    this.path = uri.path();
    this.query = uri.parameters();
  }

  Channel channel() {
    return channel;
  }

  /** What to take out of the pipeline when the connection leaves HTTP. */
  ChannelHandler handler() {
    return handler;
  }

  FullHttpRequest request() {
    return request;
  }

  HttpMethod method() {
    return request.method();
  }

  String path() {
    return path;
  }

  List<String> parameters(String name) {
    return query.getOrDefault(name, List.of());
  }

  Optional<String> parameter(String name) {
    return parameters(name).stream().findFirst();
  }

  /** Whether a parameter is set to something that means yes. */
  boolean flag(String name) {
    return parameter(name).filter(v -> v.equals("1") || v.equalsIgnoreCase("true")).isPresent();
  }

  boolean isAnswered() {
    return answered;
  }

  /** Says that somebody else has answered: streams took the connection over. */
  void handedOver() {
    answered = true;
  }

  void answer(int status, String contentType, byte[] body)
      throws IOException, InterruptedException {
    answered = true;
    DefaultFullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), Unpooled.wrappedBuffer(body));
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, contentType)
        .set("X-Content-Type-Options", "nosniff")
        .set(HttpHeaderNames.CONTENT_LENGTH, body.length);
    boolean keepAlive = HttpUtil.isKeepAlive(request);
    HttpUtil.setKeepAlive(response, keepAlive);
    send(response);
    if (!keepAlive) {
      channel.close();
    }
  }

  void text(int status, String text) throws IOException, InterruptedException {
    answer(status, "text/plain; charset=utf-8", text.getBytes(UTF_8));
  }

  /**
   * A body of unknown length. Nothing is sent before it is flushed, closed or grows, so an error
   * can still be answered until then.
   */
  OutputStream stream(String contentType) {
    return new Body(contentType);
  }

  private void send(Object message) throws IOException, InterruptedException {
    ChannelFuture sent = channel.writeAndFlush(message);
    sent.await();
    if (!sent.isSuccess()) {
      throw new IOException("the client has gone", sent.cause());
    }
  }

  private final class Body extends OutputStream {
    private final String contentType;
    private ByteArrayOutputStream buffer = new ByteArrayOutputStream();
    private boolean started;

    Body(String contentType) {
      this.contentType = contentType;
    }

    @Override
    public void write(int b) throws IOException {
      buffer.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      buffer.write(bytes, offset, length);
      if (buffer.size() >= Limits.CHUNK_BYTES) {
        flush();
      }
    }

    @Override
    public void flush() throws IOException {
      try {
        start();
        if (buffer.size() > 0) {
          ByteArrayOutputStream full = buffer;
          buffer = new ByteArrayOutputStream();
          send(new DefaultHttpContent(Unpooled.wrappedBuffer(full.toByteArray())));
        }
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
    }

    @Override
    public void close() throws IOException {
      flush();
      try {
        send(LastHttpContent.EMPTY_LAST_CONTENT);
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
    }

    private void start() throws IOException, InterruptedException {
      if (started) {
        return;
      }
      started = true;
      answered = true;
      DefaultHttpResponse head =
          new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
      head.headers()
          .set(HttpHeaderNames.CONTENT_TYPE, contentType)
          .set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
      send(head);
    }

    private static IOException interrupted(InterruptedException e) {
      Thread.currentThread().interrupt();
      return new IOException("interrupted while answering", e);
    }
  }
}
