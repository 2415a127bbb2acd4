package dev.tiphys.store.raft;

import com.google.protobuf.ByteString;
import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.mvcc.StoreException;
import dev.tiphys.store.record.Batch;
import dev.tiphys.store.record.Command;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Where the leader gathers what all members propose. An entry costs every member the same whether
 * one command is in it or a thousand; so while {@link #IN_FLIGHT} entries are on their way, what
 * comes meanwhile, from here and from those that follow, waits and then travels as one. What finds
 * nothing on its way travels at once. Thread-safe.
 */
final class Gathering {
  /** One: a second one would leave before much has gathered, and cost more than it wins. */
  private static final int IN_FLIGHT = 1;

  private static final int MAX_PARTS = 256;

  /** A release that does not know of parts refuses the entry because of it, with words. */
  private static final Command UNKNOWN = Command.getDefaultInstance();

  /** More waiting than this, and who proposes is told to back off. */
  private static final int MAX_WAITING_BYTES = 32 << 20;

  private final Log log;
  private final Executor sending;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private final Set<Sent> underWay = new LinkedHashSet<>();
  private int waitingBytes;
  private boolean willSend;

  /**
   * Puts an encoded entry into the log, without waiting; completes when it is applied here, or
   * fails with {@link StoreException}.
   */
  @FunctionalInterface
  interface Log {
    CompletableFuture<?> append(ByteString entry);
  }

  /** An encoded {@link Batch}, and what becomes of it. */
  private record Waiting(ByteString batch, CompletableFuture<Void> fate) {}

  /** What an entry is made of; first seen by {@link #expire} at a time. */
  private static final class Sent {
    private final List<Waiting> parts;
    private long seen;

    Sent(List<Waiting> parts) {
      this.parts = parts;
    }
  }

  /** Takes the log, and what calls it: the event loop that batches come from. */
  Gathering(Log log, Executor sending) {
    this.log = log;
    this.sending = sending;
  }

  /** Adds an encoded batch; its fate is that of the entry that it will travel in. */
  CompletableFuture<Void> add(ByteString batch) {
    var mine = new Waiting(batch, new CompletableFuture<>());
    synchronized (this) {
      if (waitingBytes > MAX_WAITING_BYTES) {
        return CompletableFuture.failedFuture(StoreError.TOO_MANY_REQUESTS.exception());
      }
      waitingBytes += batch.size();
      waiting.add(mine);
    }
    sendSoon();
    return mine.fate;
  }

  /**
   * Gives up entries that this method has seen for longer than the timeout: they may still be
   * applied, but nothing waits for that any more.
   */
  void expire(long nanos, Duration timeout) {
    var late = new ArrayList<Sent>();
    synchronized (this) {
      for (var sent : underWay) {
        if (sent.seen == 0) {
          sent.seen = nanos;
        } else if (nanos - sent.seen > timeout.toNanos()) {
          late.add(sent);
        }
      }
    }
    late.forEach(sent -> ended(sent, StoreError.TIMEOUT.exception()));
  }

  /** True when another entry will follow as soon as the one on its way is applied. */
  synchronized boolean hasMore() {
    return !waiting.isEmpty();
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
      Sent next;
      synchronized (this) {
        willSend = false;
        if (waiting.isEmpty() || underWay.size() >= IN_FLIGHT) {
          return;
        }
        next = new Sent(takeWhatFits());
        underWay.add(next);
      }
      append(entry(next.parts)).whenComplete((_, failure) -> ended(next, failure));
    }
  }

  private CompletableFuture<?> append(ByteString entry) {
    try {
      return log.append(entry);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private List<Waiting> takeWhatFits() {
    var parts = new ArrayList<Waiting>();
    int bytes = 0;
    while (!waiting.isEmpty() && parts.size() < MAX_PARTS) {
      bytes += waiting.getFirst().batch.size();
      if (bytes > Proposals.MAX_BYTES && !parts.isEmpty()) {
        break;
      }
      var next = waiting.removeFirst();
      waitingBytes -= next.batch.size();
      parts.add(next);
    }
    return parts;
  }

  /** A batch alone is an entry itself. */
  private static ByteString entry(List<Waiting> parts) {
    if (parts.size() == 1) {
      return parts.getFirst().batch;
    }
    var entry = Batch.newBuilder().addCommands(UNKNOWN);
    parts.forEach(part -> entry.addParts(part.batch));
    return entry.build().toByteString();
  }

  private void ended(Sent sent, @Nullable Throwable failure) {
    synchronized (this) {
      underWay.remove(sent);
    }
    sendSoon();
    for (var part : sent.parts) {
      if (failure == null) {
        part.fate.complete(null);
      } else {
        part.fate.completeExceptionally(failure);
      }
    }
  }
}
