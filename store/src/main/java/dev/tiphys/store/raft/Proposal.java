package dev.tiphys.store.raft;

import dev.tiphys.store.mvcc.Outcome;
import dev.tiphys.store.mvcc.StoreException;
import dev.tiphys.store.record.Command;
import java.util.concurrent.CompletableFuture;

/**
 * A command that waits for its place in the order.
 *
 * @param outcome completes when the command was applied here
 */
record Proposal(Command command, CompletableFuture<Outcome> outcome) {
  Proposal(Command command) {
    this(command, new CompletableFuture<>());
  }

  /** Lets another order have it; what comes of it there comes of it here. */
  void passTo(Ordering other) {
    try {
      var unused =
          other
              .propose(command)
              .whenComplete((done, failure) -> {
                if (failure == null) {
                  outcome.complete(done);
                } else {
                  outcome.completeExceptionally(failure);
                }
              });
    } catch (StoreException e) {
      outcome.completeExceptionally(e);
    }
  }
}
