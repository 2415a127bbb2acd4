package dev.tiphys.store.raft;

import dev.tiphys.store.mvcc.Outcome;
import dev.tiphys.store.mvcc.StoreException;
import dev.tiphys.store.record.Command;
import java.io.Closeable;
import java.util.concurrent.CompletableFuture;

/**
 * Puts commands into one order, makes that order durable, and has each applied. Methods that wait
 * block; any thread.
 */
sealed interface Ordering extends Closeable permits Handover, Lone, Quorum {
  /**
   * Proposes a command; completes when it was applied here, or fails with {@link StoreException}.
   *
   * @throws StoreException when it is refused at once
   */
  CompletableFuture<Outcome> propose(Command command);

  /** True when a command can be proposed without waiting for somebody to lead. */
  boolean isReady();

  /** Waits until this member has applied all that was acknowledged before the call. */
  void awaitFresh() throws InterruptedException;

  /** True when {@link #awaitFresh} need not wait. */
  boolean isFreshAtOnce();

  /** Waits until {@link #isReady}. */
  void awaitReady() throws InterruptedException;

  /** Where this member stands. */
  RaftStatus status();
}
