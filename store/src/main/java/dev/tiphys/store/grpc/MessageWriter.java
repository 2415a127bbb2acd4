package dev.tiphys.store.grpc;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** Encodes messages. Thread-safe. */
final class MessageWriter {
  /** In front of a message, for the fields of an answer and the head of the frame. */
  static final int ROOM_BEFORE = AnswerFields.ROOM + 9;

  private MessageWriter() {}

  /** The message behind its length, with room around it for the rest of a short answer. */
  static ByteBuf encoded(ByteBufAllocator allocator, InputStream message) throws IOException {
    try (message) {
      boolean drains = message instanceof KnownLength && message instanceof Drainable;
      byte[] bytes = drains ? new byte[0] : message.readAllBytes();
      int length = drains ? message.available() : bytes.length;
      var out = allocator.buffer(ROOM_BEFORE + MessageReader.PREFIX + length + AnswerFields.ROOM);
      try {
        out.setIndex(ROOM_BEFORE, ROOM_BEFORE);
        out.writeByte(0).writeInt(length);
        if (message instanceof Drainable source && drains) {
          source.drainTo(new ByteBufOutputStream(out));
        } else {
          out.writeBytes(bytes);
        }
        return out;
      } catch (IOException | RuntimeException e) {
        out.release();
        throw e;
      }
    }
  }
}
