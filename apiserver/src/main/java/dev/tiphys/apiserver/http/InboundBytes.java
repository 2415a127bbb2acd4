package dev.tiphys.apiserver.http;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that come from a client and wait for a handler. The event loop adds, one thread reads. How
 * much may wait is the connection's matter, which hears of what was taken.
 */
final class InboundBytes extends InputStream {

  private static final Duration FOREVER = Duration.ofDays(365);

  private final IntConsumer onTaken;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<byte[]> chunks = new ArrayDeque<>(2);
  private Duration stallTimeout;
  private int headOffset;
  private boolean ended;
  private boolean gone;

  /**
   * Begins empty.
   *
   * @param onTaken hears of bytes that were read
   */
  InboundBytes(Duration stallTimeout, IntConsumer onTaken) {
    this.stallTimeout = stallTimeout;
    this.onTaken = onTaken;
  }

  /** From now on the client may be silent for as long as it likes. */
  void neverStalls() {
    lock.lock();
    try {
      stallTimeout = FOREVER;
      ended = false;
    } finally {
      lock.unlock();
    }
  }

  /** Adds what came; the array is kept. */
  void add(byte[] chunk) {
    lock.lock();
    try {
      chunks.add(chunk);
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** No more will come. */
  void end() {
    lock.lock();
    try {
      ended = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** The client is gone before the end. */
  void fail() {
    lock.lock();
    try {
      gone = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Whether all has come, read or not. */
  boolean ended() {
    lock.lock();
    try {
      return ended;
    } finally {
      lock.unlock();
    }
  }

  /** The next chunk, or null at the end. */
  byte @Nullable [] next() throws ClientGoneException {
    byte[] chunk;
    lock.lock();
    try {
      if (!awaitChunk()) {
        return null;
      }
      chunk = chunks.remove();
      if (headOffset > 0) {
        chunk = Arrays.copyOfRange(chunk, headOffset, chunk.length);
        headOffset = 0;
      }
    } finally {
      lock.unlock();
    }
    onTaken.accept(chunk.length);
    return chunk;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    int taken;
    lock.lock();
    try {
      if (!awaitChunk()) {
        return -1;
      }
      byte[] head = chunks.element();
      taken = Math.min(length, head.length - headOffset);
      System.arraycopy(head, headOffset, into, offset, taken);
      headOffset += taken;
      if (headOffset == head.length) {
        chunks.remove();
        headOffset = 0;
      }
    } finally {
      lock.unlock();
    }
    onTaken.accept(taken);
    return taken;
  }

  @Override
  public int available() {
    lock.lock();
    try {
      return chunks.isEmpty() ? 0 : chunks.element().length - headOffset;
    } finally {
      lock.unlock();
    }
  }

  private boolean awaitChunk() throws ClientGoneException {
    long left = stallTimeout.toNanos();
    try {
      while (chunks.isEmpty() && !ended && !gone) {
        if (left <= 0) {
          throw new ClientGoneException("the client stopped sending");
        }
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClientGoneException("interrupted while reading from the client");
    }
    if (!chunks.isEmpty()) {
      return true;
    }
    if (gone) {
      throw new ClientGoneException("the client is gone");
    }
    return false;
  }
}
