package dev.tiphys.store.raft;

import dev.tiphys.store.mvcc.Machine;
import dev.tiphys.store.mvcc.Outcome;
import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.record.Command;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A cluster of one. There is nobody to agree with, so the order is that of arrival, and no second
 * log is kept: what is in flight together is appended to the revision log as one entry, synced
 * once, and answered. While an entry is synced, the next one gathers. One thread does all of it.
 */
final class Lone implements Ordering {
  /** Elections of a cluster of one: it was elected once, when it was made. */
  static final long TERM = 1;

  private static final int MAX_COMMANDS = 1024;

  /** More waiting than this, and clients are told to back off. */
  private static final int MAX_WAITING = 16_384;

  private static final int MAX_WAITING_BYTES = 64 << 20;

  private final long self;
  private final Machine machine;
  private final Consumer<String> fatal;
  private final LinkedBlockingQueue<Proposal> waiting = new LinkedBlockingQueue<>(MAX_WAITING);
  private final AtomicLong waitingBytes = new AtomicLong();
  private final Thread thread;
  private final long term;
  private volatile @Nullable Ordering next;
  private volatile boolean closed;

  /** Wakes the thread up to see that it is to end. */
  private static final Proposal END = new Proposal(Command.getDefaultInstance());

  /** Takes the state, and who is told when the disk failed and the process must end. */
  Lone(long self, Machine machine, Consumer<String> fatal) {
    this.self = self;
    this.machine = machine;
    this.fatal = fatal;
    this.term = Math.max(TERM, machine.applied().term());
    this.thread = Thread.ofPlatform().name("order").start(this::run);
  }

  @Override
  public CompletableFuture<Outcome> propose(Command command) {
    var entry = new Proposal(command);
    if (closed) {
      return refused(entry);
    }
    if (machine.isOutOfRoom()) {
      throw StoreError.NO_SPACE.exception(); // who is ahead waits for room, and it would too
    }
    if (waitingBytes.get() > MAX_WAITING_BYTES || !waiting.offer(entry)) {
      throw StoreError.TOO_MANY_REQUESTS.exception();
    }
    waitingBytes.addAndGet(command.getSerializedSize());
    return closed && waiting.remove(entry) ? refused(entry) : entry.outcome();
  }

  /** It has come too late. */
  private CompletableFuture<Outcome> refused(Proposal late) {
    var after = next;
    if (after == null) {
      throw StoreError.STOPPED.exception();
    }
    return after.propose(late.command());
  }

  @Override
  public boolean isReady() {
    return true;
  }

  @Override
  public boolean isFreshAtOnce() {
    return true;
  }

  @Override
  public void awaitFresh() {
    // What is not visible here was not acknowledged.
  }

  @Override
  public void awaitReady() {
    // Always.
  }

  @Override
  public RaftStatus status() {
    long applied = machine.applied().index();
    return new RaftStatus(self, true, term, applied, applied);
  }

  /** Ends after what is in flight; all else is another's to order. */
  void yieldTo(Ordering other) {
    next = other;
    close();
  }

  /** Ends after what is in flight. */
  @Override
  public void close() {
    closed = true;
    // Never an interrupt: it would close the file that is being written.
    waiting.offer(END);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    leave(waiting);
  }

  private void run() {
    var entry = new ArrayList<Proposal>();
    try {
      gather(entry);
      while (!closed) {
        order(entry);
        entry.clear();
        gather(entry);
      }
      leave(entry);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody does that, and nothing is half done
    } catch (IOException | RuntimeException e) {
      closed = true;
      fail(entry);
      fail(waiting);
      fatal.accept("the revision log cannot be written: " + e);
    }
  }

  private void gather(List<Proposal> entry) throws InterruptedException {
    var one = waiting.take();
    int bytes = 0;
    while (one != null) {
      entry.add(one);
      bytes += one.command().getSerializedSize();
      one = bytes < Proposals.MAX_BYTES && entry.size() < MAX_COMMANDS ? waiting.poll() : null;
    }
    waitingBytes.addAndGet(-bytes);
  }

  private void order(List<Proposal> entry) throws IOException {
    var commands = new ArrayList<Command>(entry.size());
    for (var proposal : entry) {
      commands.add(proposal.command());
    }
    var outcomes = machine.applySynced(term, commands);
    for (int i = 0; i < outcomes.size(); i++) {
      entry.get(i).outcome().complete(outcomes.get(i));
    }
  }

  private void leave(Iterable<Proposal> rest) {
    var after = next;
    if (after == null) {
      fail(rest);
      return;
    }
    for (var proposal : rest) {
      if (proposal != END) {
        proposal.passTo(after);
      }
    }
  }

  private static void fail(Iterable<Proposal> rest) {
    rest.forEach(p -> p.outcome().completeExceptionally(StoreError.STOPPED.exception()));
  }
}
