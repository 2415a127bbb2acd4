package dev.tiphys.apiserver.http;

import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http2.Http2Error;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request of an HTTP/2 connection and its answer. Fields belong to the event loop; the {@link
 * Wire} methods hand over to it.
 */
final class Http2RequestStream implements Wire {

  private final Http2Session connection;
  private final int id;
  private final boolean awaitsContinue;
  private final InboundBytes inbound;
  private final OutboundWindow window =
      new OutboundWindow(Limits.OUTBOUND_BYTES, Limits.WRITE_STALL_TIMEOUT);
  private final Exchange exchange;

  private final long begunNanos = System.nanoTime();

  private boolean started;
  private int bodyWaiting;
  private boolean continued;
  private boolean responding;
  private boolean responseEnded;

  Http2RequestStream(Http2Session connection, int id, RequestHead head) {
    this.connection = connection;
    this.id = id;
    this.awaitsContinue = head.headers().hasToken("Expect", "100-continue");
    this.inbound = new InboundBytes(Limits.BODY_STALL_TIMEOUT, this::consumed);
    this.exchange = new Exchange(head, inbound, window, this, connection.loop());
  }

  int id() {
    return id;
  }

  /** Whether the client has not sent enough for a handler within the time it has. */
  boolean overdue() {
    return !started && System.nanoTime() - begunNanos > Limits.BODY_TIMEOUT.toNanos();
  }

  void start() {
    if (!started) {
      started = true;
      connection.start(exchange);
    }
  }

  /** Keeps a piece of the body; returns how many of its bytes need no keeping. */
  int addBody(byte[] bytes) {
    if (bytes.length == 0 || responseEnded) {
      return bytes.length;
    }
    bodyWaiting += bytes.length;
    inbound.add(bytes);
    if (bodyWaiting >= Limits.BODY_BEFORE_HANDLER_BYTES) {
      start();
    }
    return 0;
  }

  void endBody() {
    inbound.end();
    start();
  }

  /** The stream has ended, in order or not. */
  void closed() {
    if (responseEnded) {
      window.fail();
    } else {
      exchange.fail();
    }
  }

  @Override
  public void consumed(int bytes) {
    connection
        .loop()
        .execute(() -> {
          bodyWaiting -= bytes;
          connection.returnWindow(id, bytes);
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
              connection.writeContinue(id);
              connection.scheduleFlush();
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
    if (responseEnded) {
      window.release(bytes);
      return;
    }
    responseEnded = end;
    @Nullable ChannelFuture written = null;
    if (head != null) {
      responding = true;
      written = connection.writeHead(id, head, end && bytes == 0);
    }
    if (bytes > 0 || (end && head == null)) {
      written = connection.writeData(id, segments, end);
      written.addListener(_ -> window.release(bytes));
    }
    if (end && written != null && !connection.remoteEnded(id)) {
      // The answer did not need the body: the client may stop sending it (RFC 9113, 8.1).
      written.addListener(_ -> connection.reset(id, Http2Error.NO_ERROR));
    }
    connection.scheduleFlush();
  }

  @Override
  public void upgrade(Headers headers) {
    throw new IllegalStateException("HTTP/2 has no upgrade");
  }

  @Override
  public void abort() {
    connection.loop().execute(() -> connection.reset(id, Http2Error.INTERNAL_ERROR));
  }

  void drain() {
    exchange.drain();
  }
}
