package dev.tiphys.store.mvcc;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A pause that many make together, so that one timer ends it for all: it begins with the first who
 * makes it, and whoever joins later waits for what is left of it. Thread-safe.
 */
final class CommonPause {
  private final Duration length;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition end = lock.newCondition();
  private boolean begun;
  private long ended;

  CommonPause(Duration length) {
    this.length = length;
  }

  /** Blocks for the length of the pause at most. */
  void make() throws InterruptedException {
    lock.lock();
    try {
      if (begun) {
        join();
      } else {
        begin();
      }
    } finally {
      lock.unlock();
    }
  }

  private void begin() throws InterruptedException {
    begun = true;
    try {
      long left = length.toNanos();
      while (left > 0) {
        left = end.awaitNanos(left);
      }
    } finally {
      begun = false;
      ended++;
      end.signalAll();
    }
  }

  private void join() throws InterruptedException {
    long before = ended;
    while (ended == before) {
      end.await();
    }
  }
}
