package dev.tiphys.store.raft;

import dev.tiphys.store.mvcc.Outcome;
import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.mvcc.StoreException;
import dev.tiphys.store.record.Batch;
import dev.tiphys.store.record.Command;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Gathers the commands of this member into batches for the leader, who gathers those of all members
 * into entries: what comes together goes together, at once; and while {@link #IN_FLIGHT} batches
 * are on their way, what comes meanwhile waits and then travels as one. Thread-safe.
 */
final class Proposals {
  /** So that some wait at the leader whenever it begins an entry, while others are applied here. */
  private static final int IN_FLIGHT = 4;

  private static final int MAX_COMMANDS = 1024;

  /** Of one batch or entry, unless a single command is larger. */
  static final int MAX_BYTES = 512 << 10;

  /** More waiting than this, and clients are told to back off. */
  private static final int MAX_WAITING = 16_384;

  /** The same in bytes: one waits that is larger than all of it, not two. */
  static final int MAX_WAITING_BYTES = 32 << 20;

  private final long proposer;
  private final Transport transport;
  private final Executor sending;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private final Map<Long, Sent> underWay = new ConcurrentHashMap<>();
  private long waitingBytes;
  private long sequence;
  private boolean willSend;

  /**
   * Sends one batch, without waiting; fails with {@link StoreException} when it will not be
   * applied, or that is not known.
   */
  @FunctionalInterface
  interface Transport {
    CompletableFuture<?> send(Batch batch);
  }

  private record Waiting(Command command, CompletableFuture<Outcome> outcome) {}

  /** The commands of a batch that was sent; first seen by {@link #expire} at a time. */
  private static final class Sent {
    private final List<Waiting> waiters;
    private long seen;

    Sent(List<Waiting> waiters) {
      this.waiters = waiters;
    }
  }

  /**
   * Takes the number that tells this run's batches from all others, the way out, and what sends:
   * best the event loop that commands come from, for then all that it has read goes as one.
   */
  Proposals(long proposer, Transport transport, Executor sending) {
    this.proposer = proposer;
    this.transport = transport;
    this.sending = sending;
  }

  /** Proposes a command. */
  CompletableFuture<Outcome> propose(Command command) {
    var entry = new Waiting(command, new CompletableFuture<>());
    synchronized (this) {
      if (waiting.size() >= MAX_WAITING || waitingBytes > MAX_WAITING_BYTES) {
        throw StoreError.TOO_MANY_REQUESTS.exception();
      }
      waiting.add(entry);
      waitingBytes += command.getSerializedSize();
    }
    sendSoon();
    return entry.outcome;
  }

  /** Tells the outcomes of a batch that was applied here. */
  void applied(Batch batch, List<Outcome> outcomes) {
    if (batch.getProposer() != proposer) {
      return;
    }
    var sent = underWay.remove(batch.getSequence());
    if (sent != null) {
      // All in one turn of the loop: then each connection is written to once, whoever waits there.
      try {
        sending.execute(() -> {
          tell(sent.waiters, outcomes);
          sendWhatFits();
        });
      } catch (RejectedExecutionException e) {
        tell(sent.waiters, outcomes); // the member has stopped: nothing more is sent
      }
    }
  }

  private static void tell(List<Waiting> waiters, List<Outcome> outcomes) {
    for (int i = 0; i < waiters.size(); i++) {
      waiters.get(i).outcome.complete(outcomes.get(i));
    }
  }

  private void sendSoon() {
    synchronized (this) {
      if (willSend || waiting.isEmpty() || underWay.size() >= IN_FLIGHT) {
        return;
      }
      willSend = true;
    }
    sending.execute(this::sendWhatFits);
  }

  private void sendWhatFits() {
    while (true) {
      Batch batch;
      synchronized (this) {
        willSend = false;
        if (underWay.size() >= IN_FLIGHT || waiting.isEmpty()) {
          return;
        }
        batch = nextBatch();
      }
      long number = batch.getSequence();
      send(batch)
          .whenComplete((ok, failure) -> {
            if (failure != null) {
              fail(number, failure);
            }
          });
    }
  }

  private CompletableFuture<?> send(Batch batch) {
    try {
      return transport.send(batch);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private Batch nextBatch() {
    var batch = Batch.newBuilder().setProposer(proposer).setSequence(sequence++);
    var waiters = new ArrayList<Waiting>();
    int bytes = 0;
    while (!waiting.isEmpty() && waiters.size() < MAX_COMMANDS) {
      bytes += waiting.getFirst().command.getSerializedSize();
      if (bytes > MAX_BYTES && !waiters.isEmpty()) {
        break;
      }
      var next = waiting.removeFirst();
      waitingBytes -= next.command.getSerializedSize();
      batch.addCommands(next.command);
      waiters.add(next);
    }
    underWay.put(batch.getSequence(), new Sent(waiters));
    return batch.build();
  }

  private void fail(long number, Throwable failure) {
    var sent = underWay.remove(number);
    if (sent != null) {
      sent.waiters.forEach(w -> w.outcome.completeExceptionally(failure));
      sendSoon();
    }
  }

  /**
   * Gives up batches that this method has seen for longer than the timeout: they may still be
   * applied, but nobody waits for that any more.
   */
  void expire(long nanos, Duration timeout) {
    underWay.forEach((number, sent) -> {
      if (sent.seen == 0) {
        sent.seen = nanos;
      } else if (nanos - sent.seen > timeout.toNanos()) {
        fail(number, StoreError.TIMEOUT.exception());
      }
    });
  }
}
