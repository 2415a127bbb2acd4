package dev.tiphys.store.raft;

import dev.tiphys.store.mvcc.StoreError;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks once for all who ask at the same time: who comes while a question is under way shares the
 * next one, for the answer to this one may be older than his call. Thread-safe.
 */
final class FreshReads {
  private final Supplier<CompletableFuture<?>> ask;
  private @Nullable CompletableFuture<Void> underWay;
  private @Nullable CompletableFuture<Void> next;

  /** Takes the question; its future completes when everything up to the call can be read. */
  FreshReads(Supplier<CompletableFuture<?>> ask) {
    this.ask = ask;
  }

  /** Waits for an answer to a question that is asked after this call. */
  void await(Duration timeout) throws InterruptedException {
    CompletableFuture<Void> mine;
    boolean first = false;
    synchronized (this) {
      if (next == null) {
        next = new CompletableFuture<>();
      }
      mine = next;
      if (underWay == null) {
        underWay = mine;
        next = null;
        first = true;
      }
    }
    if (first) {
      put(mine);
    }
    Refusals.await(mine, timeout);
  }

  private void put(CompletableFuture<Void> question) {
    CompletableFuture<?> answer;
    try {
      answer = ask.get();
    } catch (RuntimeException e) {
      answer = CompletableFuture.failedFuture(StoreError.STOPPED.exception());
    }
    answer.whenComplete((_, failure) -> {
      CompletableFuture<Void> following;
      synchronized (this) {
        following = next;
        underWay = following;
        next = null;
      }
      if (failure == null) {
        question.complete(null);
      } else {
        question.completeExceptionally(failure);
      }
      if (following != null) {
        put(following);
      }
    });
  }
}
