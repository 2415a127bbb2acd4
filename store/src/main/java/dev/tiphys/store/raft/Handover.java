package dev.tiphys.store.raft;

import dev.tiphys.store.mvcc.Outcome;
import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.mvcc.StoreException;
import dev.tiphys.store.record.Command;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands between two orders while a lone member becomes one of several: what is proposed meanwhile
 * waits for the next one, so that nobody's write fails because a member was added. Thread-safe.
 */
final class Handover implements Ordering {
  private static final Logger log = LoggerFactory.getLogger(Handover.class);

  /** As many as a lone member lets wait. */
  private static final int MAX_WAITING = 16_384;

  private final RaftStatus last;
  private final Queue<Proposal> waiting = new ArrayDeque<>();
  private final CountDownLatch decided = new CountDownLatch(1);
  private volatile @Nullable Ordering next;
  private boolean closed;

  /** Takes where the member stood before. */
  Handover(RaftStatus last) {
    this.last = last;
  }

  @Override
  public CompletableFuture<Outcome> propose(Command command) {
    var after = next;
    return after == null ? keep(command) : after.propose(command);
  }

  private CompletableFuture<Outcome> keep(Command command) {
    synchronized (this) {
      if (closed) {
        throw StoreError.STOPPED.exception();
      }
      if (next == null) {
        if (waiting.size() >= MAX_WAITING) {
          throw StoreError.TOO_MANY_REQUESTS.exception();
        }
        var kept = new Proposal(command);
        waiting.add(kept);
        return kept.outcome();
      }
    }
    return propose(command);
  }

  /** Waits until somebody leads, as long as others would wait for that, and then lets go. */
  void toOnceReady(Ordering after) {
    try {
      after.awaitReady();
    } catch (StoreException e) {
      log.debug("no leader yet: who waits is told so reason={}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the end of the member
    }
    to(after);
  }

  /** Gives all that waits to the next order, in its order, and from now on all else. */
  private void to(Ordering after) {
    synchronized (this) {
      for (var kept = waiting.poll(); kept != null; kept = waiting.poll()) {
        kept.passTo(after);
      }
      next = after;
    }
    decided.countDown();
  }

  @Override
  public boolean isReady() {
    var after = next;
    return after != null && after.isReady();
  }

  @Override
  public boolean isFreshAtOnce() {
    var after = next;
    return after != null && after.isFreshAtOnce();
  }

  @Override
  public void awaitFresh() throws InterruptedException {
    awaitNext().awaitFresh();
  }

  @Override
  public void awaitReady() throws InterruptedException {
    awaitNext().awaitReady();
  }

  private Ordering awaitNext() throws InterruptedException {
    decided.await();
    var after = next;
    if (after == null) {
      throw StoreError.STOPPED.exception();
    }
    return after;
  }

  @Override
  public RaftStatus status() {
    var after = next;
    return after == null ? last : after.status();
  }

  /** Ends with what waits, unless there is a next order: that one ends by itself. */
  @Override
  public void close() {
    synchronized (this) {
      closed = next == null;
      for (var kept = waiting.poll(); kept != null; kept = waiting.poll()) {
        kept.outcome().completeExceptionally(StoreError.STOPPED.exception());
      }
    }
    decided.countDown();
  }
}
