package dev.tiphys.store.disk;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Buffers outside the heap that are used again, for what is read in big pieces: making one costs
 * more than filling it. Thread-safe.
 */
final class Buffers {
  static final int BYTES = 256 << 10;

  /** So many there are at most: the answers of a few processors at work. */
  private static final int COUNT = 16;

  /** The one used last is lent first: it may still be in the processor's cache. */
  private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>(COUNT);

  private int made;

  /** Lends an empty buffer of {@link #BYTES} bytes; null when all are lent. */
  synchronized @Nullable ByteBuffer take() {
    var buffer = free.pollFirst();
    if (buffer != null) {
      return buffer.clear();
    }
    if (made == COUNT) {
      return null;
    }
    made++;
    return ByteBuffer.allocateDirect(BYTES);
  }

  /** Takes a buffer back; the borrower must not touch it any more. */
  synchronized void giveBack(ByteBuffer buffer) {
    free.addFirst(buffer);
  }
}
