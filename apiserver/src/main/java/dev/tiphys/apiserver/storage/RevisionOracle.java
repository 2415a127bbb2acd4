package dev.tiphys.apiserver.storage;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks the store how far it is, for all who want to know at the same time with one call: whoever
 * asks while a call is under way shares the next one, which begins after they asked. Thread-safe.
 */
final class RevisionOracle {

  private final Supplier<CompletableFuture<Long>> ask;
  private final ReentrantLock lock = new ReentrantLock();
  private boolean running;
  private @Nullable CompletableFuture<Long> next;

  /**
   * Nothing is asked yet.
   *
   * @param ask begins a call
   */
  RevisionOracle(Supplier<CompletableFuture<Long>> ask) {
    this.ask = ask;
  }

  /** A revision that the store had reached at some time after this was called. Blocks. */
  long latest() {
    CompletableFuture<Long> mine;
    boolean lead;
    lock.lock();
    try {
      if (next == null) {
        next = new CompletableFuture<>();
      }
      mine = next;
      lead = !running;
      running = true;
    } finally {
      lock.unlock();
    }
    if (lead) {
      startNext();
    }
    try {
      return mine.join();
    } catch (CompletionException e) {
      throw Etcd.translated(e.getCause() == null ? e : e.getCause());
    }
  }

  private void startNext() {
    CompletableFuture<Long> round;
    lock.lock();
    try {
      if (next == null) {
        running = false;
        return;
      }
      round = next;
      next = null;
    } finally {
      lock.unlock();
    }
    ask.get()
        .whenComplete((revision, failure) -> {
          // The next call leaves before this one's askers wake.
          startNext();
          if (failure == null) {
            round.complete(revision);
          } else {
            round.completeExceptionally(
                failure instanceof CompletionException && failure.getCause() != null
                    ? failure.getCause()
                    : failure);
          }
        });
  }
}
