package dev.tiphys.store.grpc;

import static io.netty.handler.codec.http2.Http2Error.FLOW_CONTROL_ERROR;
import static io.netty.handler.codec.http2.Http2Error.STREAM_CLOSED;

import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What has come in for a call, until its handler asks for it. Belongs to the connection's event
 * loop, but for {@link #request}.
 *
 * @param <Q> the messages
 */
final class Inbox<Q> {
  private final MessageReader<Q> reader;
  private final Receiver<Q> receiver;
  private final ArrayDeque<Q> messages = new ArrayDeque<>(2);
  private final AtomicLong requested = new AtomicLong();
  private int takenBytes;
  private boolean ended;
  private boolean endTold;

  /** Who takes what comes in. */
  interface Receiver<Q> {
    void message(Q message);

    /** Nothing more comes. */
    void end();

    /** The client may send so much again. */
    void taken(int bytes);
  }

  Inbox(MessageReader<Q> reader, Receiver<Q> receiver) {
    this.reader = reader;
    this.receiver = receiver;
  }

  /**
   * Takes all of a piece.
   *
   * @param windowBytes that it took of the client's window
   * @param last whether nothing more will come
   * @throws io.grpc.StatusRuntimeException when it is no message
   * @throws ConnectionError when the client sent more than it may
   */
  void add(ByteBufAllocator allocator, ByteBuf piece, int windowBytes, boolean last)
      throws ConnectionError {
    if (ended) {
      throw new ConnectionError(STREAM_CLOSED, "more than the end of a stream");
    }
    takenBytes += windowBytes;
    if (takenBytes > Bounds.STREAM_WINDOW_BYTES) {
      throw new ConnectionError(FLOW_CONTROL_ERROR, "more than the stream lets through");
    }
    ended = last;
    reader.add(allocator, piece, messages::add);
    if (last && reader.isAmid()) {
      throw Status.INTERNAL
          .withDescription("the client ended within a message")
          .asRuntimeException();
    }
    deliver();
  }

  /** True when the client has said all. */
  boolean isEnded() {
    return ended;
  }

  /** The handler can take so many more; true when {@link #deliver} may have something for it. */
  boolean request(int more) {
    return requested.getAndAdd(more) <= 0;
  }

  /** Hands over what was asked for. */
  void deliver() {
    while (!messages.isEmpty() && requested.get() > 0) {
      requested.getAndDecrement();
      receiver.message(messages.remove());
    }
    if (!messages.isEmpty()) {
      return; // the client waits with us
    }
    if (ended && !endTold) {
      endTold = true;
      receiver.end();
    }
    if (!ended && takenBytes >= Bounds.STREAM_WINDOW_BYTES / 2) {
      int free = takenBytes;
      takenBytes = 0;
      receiver.taken(free);
    }
  }

  void close() {
    reader.close();
    messages.clear();
    endTold = true;
  }
}
