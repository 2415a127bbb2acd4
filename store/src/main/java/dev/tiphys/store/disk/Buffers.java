package dev.tiphys.store.disk;

import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Buffers outside the heap that are used again, for what is read in big pieces: making one costs
 * more than filling it. Thread-safe.
 */
final class Buffers {
  static final int BYTES = 256 << 10;

  /** So many are kept: the answers of a few processors at work. */
  private static final int KEPT = 16;

  private final ArrayBlockingQueue<ByteBuffer> free = new ArrayBlockingQueue<>(KEPT);

  /** Lends an empty buffer of {@link #BYTES} bytes. */
  ByteBuffer take() {
    var buffer = free.poll();
    return buffer == null ? ByteBuffer.allocateDirect(BYTES) : buffer.clear();
  }

  /**
   * Takes a buffer back; the lender must not touch it any more. Others are left to the collector.
   */
  void giveBack(ByteBuffer buffer) {
    if (buffer.isDirect() && buffer.capacity() == BYTES) {
      free.offer(buffer);
    }
  }
}
