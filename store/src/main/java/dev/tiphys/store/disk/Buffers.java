package dev.tiphys.store.disk;

import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Buffers outside the heap that are used again, for what is read in big pieces: making one costs
 * more than filling it. Thread-safe.
 */
final class Buffers {
  static final int BYTES = 256 << 10;

  /** So many there are at most: the answers of a few processors at work. */
  private static final int COUNT = 16;

  private final ArrayBlockingQueue<ByteBuffer> free = new ArrayBlockingQueue<>(COUNT);
  private final AtomicInteger made = new AtomicInteger();

  /** Lends an empty buffer of {@link #BYTES} bytes; null when all are lent. */
  @Nullable ByteBuffer take() {
    var buffer = free.poll();
    if (buffer != null) {
      return buffer.clear();
    }
    if (made.get() < COUNT && made.incrementAndGet() <= COUNT) {
      return ByteBuffer.allocateDirect(BYTES);
    }
    return null;
  }

  /** Takes a buffer back; the borrower must not touch it any more. */
  void giveBack(ByteBuffer buffer) {
    free.offer(buffer);
  }
}
