package dev.tiphys.store.raft;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;

/** Up to where entries are applied here, and who waits for that. Thread-safe. */
final class Progress {
  private final PriorityQueue<Waiting> waiting =
      new PriorityQueue<>(Comparator.comparingLong(Waiting::index));
  private long reached = -1;

  private record Waiting(long index, CompletableFuture<Void> future) {}

  /** Completes when an entry and all before it are applied. */
  CompletableFuture<Void> to(long index) {
    synchronized (this) {
      if (index > reached) {
        var entry = new Waiting(index, new CompletableFuture<>());
        waiting.add(entry);
        return entry.future;
      }
    }
    return CompletableFuture.completedFuture(null);
  }

  /** Notes that an entry and all before it are applied. */
  void reached(long index) {
    var there = new ArrayList<Waiting>();
    synchronized (this) {
      reached = Math.max(reached, index);
      for (var next = waiting.peek();
          next != null && next.index <= reached;
          next = waiting.peek()) {
        there.add(waiting.remove());
      }
    }
    there.forEach(entry -> entry.future.complete(null));
  }
}
