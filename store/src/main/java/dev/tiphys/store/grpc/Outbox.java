package dev.tiphys.store.grpc;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a stream has not sent yet. For the connection's event loop. */
final class Outbox {
  private final ArrayDeque<ByteBuf> messages = new ArrayDeque<>(1);
  private int window;
  private boolean begun;
  private @Nullable Consumer<ByteBuf> end;

  /** Messages behind their lengths; what is taken out must be released. */
  ArrayDeque<ByteBuf> messages() {
    return messages;
  }

  /** How much the other side takes; less than nothing after it has changed its mind. */
  int window() {
    return window;
  }

  void window(int bytes) {
    window = bytes;
  }

  /** Whether the first fields have gone out. */
  boolean isBegun() {
    return begun;
  }

  void begun() {
    begun = true;
  }

  /** What writes the last frame once the messages are out; null while it goes on. */
  @Nullable Consumer<ByteBuf> end() {
    return end;
  }

  void end(@Nullable Consumer<ByteBuf> last) {
    end = last;
  }

  void close() {
    messages.forEach(ByteBuf::release);
    messages.clear();
  }
}
