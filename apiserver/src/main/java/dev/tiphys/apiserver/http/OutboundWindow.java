package dev.tiphys.apiserver.http;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Counts the bytes of one response that are handed over and not yet sent, and holds its writer
 * while they are too many. This is all the back-pressure there is: memory per response is bounded
 * by it. Thread-safe.
 */
final class OutboundWindow {

  private final int limit;
  private final Duration stallTimeout;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long pending;
  private boolean gone;
  private @Nullable Runnable waiting;

  OutboundWindow(int limit, Duration stallTimeout) {
    this.limit = limit;
    this.stallTimeout = stallTimeout;
  }

  /**
   * Waits until the window is open and counts bytes in. One piece larger than the window passes
   * when nothing else is pending.
   *
   * @throws ClientGoneException if the client is gone, or nothing at all left for the stall timeout
   */
  void acquire(int bytes) throws ClientGoneException {
    lock.lock();
    try {
      long left = stallTimeout.toNanos();
      long before = pending;
      while (!gone && pending > 0 && pending + bytes > limit) {
        if (left <= 0) {
          throw new ClientGoneException("the client takes nothing");
        }
        left = changed.awaitNanos(left);
        if (pending < before) {
          before = pending;
          left = stallTimeout.toNanos();
        }
      }
      if (gone) {
        throw new ClientGoneException("the client is gone");
      }
      pending += bytes;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClientGoneException("interrupted while the client was behind");
    } finally {
      lock.unlock();
    }
  }

  /** Counts bytes in if they fit now. */
  boolean tryAcquire(int bytes) {
    lock.lock();
    try {
      if (gone || pending + bytes > limit) {
        return false;
      }
      pending += bytes;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Counts bytes in if the window is open, under the rule of {@link #acquire}.
   *
   * @param onRoom if not, is run once when half of the window is free, or the client has gone; on
   *     an event loop, so it must not block. The one of the latest refusal counts
   */
  boolean offer(int bytes, Runnable onRoom) {
    lock.lock();
    try {
      if (gone || (pending > 0 && pending + bytes > limit)) {
        waiting = gone ? null : onRoom;
        return false;
      }
      pending += bytes;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Counts bytes out. */
  void release(int bytes) {
    if (bytes == 0) {
      return;
    }
    Runnable told = null;
    lock.lock();
    try {
      pending -= bytes;
      changed.signal();
      if (pending <= limit / 2) {
        told = waiting;
        waiting = null;
      }
    } finally {
      lock.unlock();
    }
    if (told != null) {
      told.run();
    }
  }

  /** Waits until all has left or the client is gone. */
  boolean awaitEmpty(Duration atMost) throws InterruptedException {
    lock.lock();
    try {
      long left = atMost.toNanos();
      while (!gone && pending > 0 && left > 0) {
        left = changed.awaitNanos(left);
      }
      return pending == 0;
    } finally {
      lock.unlock();
    }
  }

  /** Wakes the writer for good: the client is gone. */
  void fail() {
    Runnable told;
    lock.lock();
    try {
      gone = true;
      changed.signalAll();
      told = waiting;
      waiting = null;
    } finally {
      lock.unlock();
    }
    if (told != null) {
      told.run();
    }
  }
}
