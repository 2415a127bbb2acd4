package dev.tiphys.store.gateway;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Sends in one piece what is short, and in parts what is not. For one thread. */
final class Parts extends OutputStream {
  private static final int PART = 32 << 10;

  private final JsonAnswer answer;
  private final Room room;
  private final ByteArrayOutputStream part = new ByteArrayOutputStream();
  private boolean begun;

  /** Waits for a client that takes less than it is sent. */
  @FunctionalInterface
  interface Room {
    /**
     * Returns when the client takes more.
     *
     * @throws IOException when it does not, or is gone
     */
    void await() throws IOException;
  }

  /** Takes where it all goes. */
  Parts(JsonAnswer answer, Room room) {
    this.answer = answer;
    this.room = room;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    part.write(bytes, from, length);
    if (part.size() >= PART) {
      if (!begun) {
        begun = true;
        answer.begin(200, Replies.FROM_GRPC);
      }
      answer.part(part.toByteArray());
      part.reset();
      room.await();
    }
  }

  /** Sends what is left. Not done by {@link #close}, which follows a failure too. */
  void finish() {
    if (begun) {
      answer.part(part.toByteArray());
      answer.end();
    } else {
      answer.whole(200, Replies.FROM_GRPC, part.toByteArray());
    }
  }
}
