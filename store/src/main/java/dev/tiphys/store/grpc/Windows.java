package dev.tiphys.store.grpc;

import static io.netty.handler.codec.http2.Http2CodecUtil.FRAME_HEADER_LENGTH;
import static io.netty.handler.codec.http2.Http2Error.FLOW_CONTROL_ERROR;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/**
 * Sends the messages of one connection's streams, as far as the other side's windows and the socket
 * let them out. Nothing is flushed here. For the connection's event loop.
 *
 * @param <T> the streams
 */
final class Windows<T extends Outgoing> {
  private final Channel channel;
  private final SequencedSet<T> blocked = new LinkedHashSet<>();
  private int window = Bounds.FIRST_WINDOW_BYTES;
  private int streamWindow = Bounds.FIRST_WINDOW_BYTES;

  Windows(Channel channel) {
    this.channel = channel;
  }

  /** A stream begins: it may send what the other side takes of any. */
  void begin(T stream) {
    stream.outbox().window(streamWindow);
  }

  /** Takes the room for a frame that its sender writes itself; false when there is none now. */
  boolean takeRoom(T stream, int bytes) {
    var box = stream.outbox();
    if (bytes > Math.min(Math.min(window, box.window()), Bounds.FRAME_BYTES)
        || !channel.isWritable()
        || !box.messages().isEmpty()) {
      return false;
    }
    window -= bytes;
    box.window(box.window() - bytes);
    return true;
  }

  /**
   * Sends what of a stream can go out.
   *
   * @return true when it is out to its end
   */
  boolean push(T stream) {
    var box = stream.outbox();
    var messages = box.messages();
    int sent = 0;
    while (!messages.isEmpty()) {
      var next = messages.element();
      int most = Math.min(Math.min(window, box.window()), Bounds.FRAME_BYTES);
      int part = Math.min(most, next.readableBytes());
      if (part <= 0 || !channel.isWritable()) {
        blocked.add(stream);
        break;
      }
      window -= part;
      box.window(box.window() - part);
      sent += part;
      var head = channel.alloc().buffer(FRAME_HEADER_LENGTH);
      frameHead(head, part, 0, stream.stream());
      channel.write(head);
      if (part == next.readableBytes()) {
        channel.write(messages.remove());
      } else {
        channel.write(next.readRetainedSlice(part));
      }
    }
    var end = box.end();
    boolean done = messages.isEmpty() && end != null;
    if (done && end != null) {
      var out = channel.alloc().buffer(Bounds.FIELDS_BYTES);
      end.accept(out);
      channel.write(out);
      box.end(null);
    }
    if (sent > 0) {
      stream.left(sent);
    }
    return done;
  }

  static void frameHead(ByteBuf out, int length, int flags, int stream) {
    out.writeMedium(length).writeByte(Http2FrameTypes.DATA).writeByte(flags).writeInt(stream);
  }

  /** A frame that says nothing but that no more comes. */
  static void endOfData(ByteBuf out, int stream) {
    frameHead(out, 0, Http2Flags.END_STREAM, stream);
  }

  /** Nothing more of this stream goes out. */
  void forget(T stream) {
    blocked.remove(stream);
  }

  /**
   * Sends what waited, in turns, as far as the connection lets it out, and returns which streams
   * are now out to their ends.
   */
  List<T> unblock() {
    var done = new ArrayList<T>(0);
    for (int turns = blocked.size();
        turns > 0 && window > 0 && channel.isWritable() && !blocked.isEmpty();
        turns--) {
      var stream = blocked.removeFirst();
      if (push(stream)) {
        done.add(stream);
      }
    }
    return done;
  }

  /** Sends what waited of one stream; true when it is out to its end. */
  boolean unblock(T stream) {
    return blocked.remove(stream) && push(stream);
  }

  /**
   * The other side takes more.
   *
   * @param number 0 for all streams together
   * @param stream that of the number; null when it has ended meanwhile
   */
  void more(int number, @Nullable T stream, int bytes) throws ConnectionError {
    if (number == 0) {
      window = more(window, bytes);
    } else if (stream != null) {
      more(stream, bytes);
    }
  }

  private void more(T stream, int bytes) throws ConnectionError {
    stream.outbox().window(more(stream.outbox().window(), bytes));
  }

  /** The other side has said how much it takes of each stream, those under way included. */
  void ofEach(long bytes, Iterable<? extends T> streams) throws ConnectionError {
    if (bytes > Integer.MAX_VALUE) {
      throw new ConnectionError(FLOW_CONTROL_ERROR, "a window too large");
    }
    int change = (int) bytes - streamWindow;
    streamWindow = (int) bytes;
    for (var stream : streams) {
      more(stream, change);
    }
  }

  private static int more(int window, int bytes) throws ConnectionError {
    long sum = (long) window + bytes;
    if (sum > Integer.MAX_VALUE) {
      throw new ConnectionError(FLOW_CONTROL_ERROR, "a window too large");
    }
    return (int) sum;
  }
}
