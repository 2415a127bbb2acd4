package dev.tiphys.apiserver.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request of an HTTP/1.1 connection and its answer. Fields belong to the event loop; the {@link
 * Wire} methods hand over to it.
 */
final class Http1Stream implements Wire {

  private final Http1Connection connection;
  private final boolean keepAlive;
  private final boolean isHead;
  private final boolean awaitsContinue;
  private final InboundBytes inbound;
  private final OutboundWindow window =
      new OutboundWindow(Limits.OUTBOUND_BYTES, Limits.WRITE_STALL_TIMEOUT);
  private final Exchange exchange;

  private final boolean isHttp10;
  private final long begunNanos = System.nanoTime();

  private boolean started;
  private boolean bodyEnded;
  private int bodyWaiting;
  private boolean continued;
  private boolean responding;
  private boolean responseEnded;
  private boolean chunked;
  private boolean closeDelimited;
  private boolean raw;
  private int discarded;

  Http1Stream(Http1Connection connection, HttpRequest request, RequestHead head) {
    this.connection = connection;
    this.keepAlive = Http1Connection.keepsAlive(request);
    this.isHead = head.method().equals("HEAD");
    this.isHttp10 = request.protocolVersion().minorVersion() == 0;
    this.awaitsContinue = HttpUtil.is100ContinueExpected(request);
    this.inbound = new InboundBytes(Limits.BODY_STALL_TIMEOUT, this::consumed);
    this.exchange = new Exchange(head, inbound, window, this, connection.loop());
  }

  boolean startsAtOnce() {
    return awaitsContinue;
  }

  boolean bodyEnded() {
    return bodyEnded;
  }

  boolean responding() {
    return responding;
  }

  /** Whether the client has not sent enough for a handler within the time it has. */
  boolean overdue() {
    return !started && System.nanoTime() - begunNanos > Limits.BODY_TIMEOUT.toNanos();
  }

  void start() {
    if (!started) {
      started = true;
      connection.handlers().start(exchange);
    }
  }

  void addBody(ByteBuf bytes) {
    int length = bytes.readableBytes();
    if (length == 0) {
      return;
    }
    if (responseEnded && !raw) {
      // The answer did not need the body. A little is read past, a lot ends the connection.
      discarded += length;
      if (discarded > Limits.BODY_QUEUE_BYTES) {
        connection.close();
      }
      return;
    }
    bodyWaiting += length;
    inbound.add(Http1Connection.bytesOf(bytes));
    if (bodyWaiting >= Limits.BODY_BEFORE_HANDLER_BYTES) {
      start();
    }
    connection.pauseReading(bodyWaiting >= Limits.BODY_QUEUE_BYTES);
  }

  void endBody() {
    bodyEnded = true;
    if (!raw) {
      inbound.end();
    }
    start();
    finishIfDone();
  }

  private void finishIfDone() {
    if (responseEnded && bodyEnded && !raw) {
      connection.finished(this, keepAlive && !closeDelimited);
    }
  }

  @Override
  public void consumed(int bytes) {
    connection
        .loop()
        .execute(() -> {
          bodyWaiting -= bytes;
          if (!responseEnded) {
            connection.pauseReading(bodyWaiting >= Limits.BODY_QUEUE_BYTES);
          }
        });
  }

  @Override
  public void wantBody() {
    if (awaitsContinue) {
      connection
          .loop()
          .execute(() -> {
            if (!continued && !responding) {
              continued = true;
              connection.write(List.of(Http1Response.CONTINUE));
              connection.flush();
            }
          });
    }
  }

  @Override
  public ConnectionLoop loop() {
    return connection.loop();
  }

  @Override
  public void sendNow(
      @Nullable Head head, List<byte[]> segments, int bytes, boolean end, boolean flush) {
    List<byte[]> out = new ArrayList<>(segments.size() + 4);
    if (head != null) {
      responding = true;
      boolean delimited = head.contentLength() >= 0 || !Http1Response.hasBody(head.status());
      chunked = !delimited && !isHead && !isHttp10;
      closeDelimited = !delimited && isHttp10;
      // A client that still waits to send a body that we will not read cannot be kept.
      boolean keep = keepAlive && !(awaitsContinue && !continued) && !closeDelimited;
      out.add(Http1Response.head(head, chunked || (!delimited && isHead), keep));
    }
    if (bytes > 0) {
      if (chunked) {
        Http1Response.addChunk(out, segments, bytes);
      } else {
        out.addAll(segments);
      }
    }
    if (end && chunked) {
      out.add(Http1Response.LAST_CHUNK);
    }
    if (!out.isEmpty()) {
      ChannelFuture written = connection.write(out);
      if (bytes > 0) {
        written.addListener(_ -> window.release(bytes));
      }
    }
    if (flush || end) {
      connection.flush();
    }
    if (end) {
      ended();
    }
  }

  private void ended() {
    if (responseEnded) {
      return;
    }
    responseEnded = true;
    if (raw || (awaitsContinue && !continued && !bodyEnded)) {
      connection.finished(this, false);
      return;
    }
    connection.pauseReading(false);
    finishIfDone();
  }

  @Override
  public void upgrade(Headers headers) {
    connection
        .loop()
        .execute(() -> {
          raw = true;
          responding = true;
          connection.write(List.of(Http1Response.switching(headers)));
          connection.flush();
          connection.leaveHttp();
        });
  }

  @Override
  public void abort() {
    connection.loop().execute(connection::close);
  }

  void fail() {
    exchange.fail();
  }

  void drain() {
    exchange.drain();
  }
}
