package dev.tiphys.store.raft;

import com.google.protobuf.MessageLite;
import dev.tiphys.store.mvcc.Machine;
import dev.tiphys.store.mvcc.Outcome;
import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.mvcc.StoreException;
import dev.tiphys.store.record.Command;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * This member's part in the cluster. All methods may be called by any thread; those that wait
 * block.
 */
public final class RaftNode implements Closeable {
  private final Duration timeout;
  private final Ordering ordering;

  /**
   * Starts to take part.
   *
   * @param proposer a random number, new at every start
   * @param timeout how long a command or a fresh read may take
   * @param fatal is told when the state machine failed and the process must end
   */
  public RaftNode(
      RaftSettings settings,
      Machine machine,
      long proposer,
      Duration timeout,
      Consumer<String> fatal)
      throws IOException {
    this.timeout = timeout;
    // What a Raft log once held of the state is only safe with that log.
    boolean lone = settings.alone() && !Files.exists(settings.directory());
    this.ordering =
        lone
            ? new Lone(settings.self(), machine, fatal)
            : new Quorum(settings, machine, proposer, timeout, fatal);
  }

  /** The largest entry when no command is larger than this. */
  public static int maxEntryBytes(int maxCommandBytes) {
    return Proposals.MAX_BYTES + maxCommandBytes + (64 << 10);
  }

  /** True when {@link #order} need not wait for somebody to lead. */
  public boolean isReady() {
    return ordering.isReady();
  }

  /**
   * Proposes a command without waiting; completes when it was applied here, or fails with {@link
   * StoreException}. What depends on it must not block.
   *
   * @throws StoreException when it is refused at once
   */
  public CompletableFuture<Outcome> order(Command command) {
    return ordering.propose(command);
  }

  /**
   * Proposes a command and waits until it is applied here.
   *
   * @throws StoreException when it was refused, or nobody could order it in time; in the latter
   *     case it may still happen
   */
  public MessageLite propose(Command command) throws InterruptedException {
    ordering.awaitReady();
    return switch (await(ordering.propose(command))) {
      case Outcome.Done(var response) -> response;
      case Outcome.Refused(var error) -> throw error.exception();
    };
  }

  /**
   * Waits until this member has applied all that was acknowledged before the call.
   *
   * @throws StoreException when there is no leader to ask
   */
  public void awaitFresh() throws InterruptedException {
    ordering.awaitFresh();
  }

  /** True when {@link #awaitFresh} need not wait. */
  public boolean isFreshAtOnce() {
    return ordering.isFreshAtOnce();
  }

  /** Waits until this member leads. */
  public void awaitLeading() throws InterruptedException {
    ordering.awaitReady();
  }

  /** Where this member stands. */
  public RaftStatus status() {
    return ordering.status();
  }

  @Override
  public void close() throws IOException {
    ordering.close();
  }

  private <T> T await(CompletableFuture<T> future) throws InterruptedException {
    try {
      return future.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw StoreError.TIMEOUT.exception();
    } catch (ExecutionException e) {
      for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
        if (cause instanceof StoreException refused) {
          throw refused;
        }
      }
      throw StoreError.STOPPED.exception();
    }
  }
}
