package dev.tiphys.daemon;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * How a running daemon comes to its end: the operator asks for it, or a part can no longer go on (a
 * lost leader lease, a damaged log). The first reason wins. Thread-safe.
 */
public final class Termination {

  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicReference<@Nullable String> failure = new AtomicReference<>();

  /** Ends the daemon in order, with exit code 0. */
  public void request() {
    ended.countDown();
  }

  /**
   * Ends the daemon in order, with exit code 1, after logging the reason; its supervisor starts it
   * again.
   *
   * @param reason a sentence for the operator
   */
  public void fail(String reason) {
    if (ended.getCount() > 0) {
      failure.compareAndSet(null, reason);
    }
    ended.countDown();
  }

  /** Whether the end was asked for. */
  public boolean isRequested() {
    return ended.getCount() == 0;
  }

  /** Waits for the end; returns the reason of a failure, or null after {@link #request}. */
  public @Nullable String await() throws InterruptedException {
    ended.await();
    return failure.get();
  }
}
