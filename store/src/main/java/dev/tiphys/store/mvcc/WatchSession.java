package dev.tiphys.store.mvcc;

import com.google.protobuf.ByteString;
import dev.tiphys.store.rpc.WatchCreateRequest;
import dev.tiphys.store.rpc.WatchResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * The watches of one stream. Requests may come from any thread; one thread runs {@link #run} and
 * sends. A client that reads slowly makes only its own session fall behind: what it missed is read
 * from the log when it is ready again.
 */
public final class WatchSession {

  /** So many watches of one stream that have the same to tell make it worth to gather. */
  private static final int MANY = 16;

  private final Machine machine;
  private final WatchHub hub;
  private final Settings settings;
  private final Sink sink;
  private final WatchResponses responses;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Watches watches;
  private final ArrayDeque<WatchResponse> replies = new ArrayDeque<>();
  private long offered;
  private long progressTarget = -1;
  private boolean closed;

  /**
   * What a session is told from outside.
   *
   * @param progressInterval how long a watch with progress_notify stays silent at most
   * @param maxResponseBytes above this a response to a watch that accepts fragments is split
   * @param ticker nanoseconds of a steady clock
   */
  public record Settings(Duration progressInterval, int maxResponseBytes, LongSupplier ticker) {}

  /** Takes the responses. The header has the revision only. */
  @FunctionalInterface
  public interface Sink {
    /** Sends; blocks while the client is not ready. */
    void send(WatchResponse response) throws InterruptedException;

    /**
     * Sends events; blocks while the client is not ready.
     *
     * @param revision for the header
     * @param events the fields of a response that hold them, encoded; sent to others as well
     */
    default void send(long revision, long watchId, byte[] events)
        throws InterruptedException, IOException {
      send(WatchResponses.reply(revision, watchId).mergeFrom(events).build());
    }
  }

  WatchSession(Machine machine, WatchHub hub, Settings settings, Sink sink, long offered) {
    this.machine = machine;
    this.hub = hub;
    this.settings = settings;
    this.sink = sink;
    this.watches = new Watches(change -> machine.history().bytesBefore(change));
    this.responses = new WatchResponses(machine, settings.maxResponseBytes(), sink);
    this.offered = offered;
  }

  /**
   * What a request asks for. An empty key means the first of all keys; with a zero range_end, all
   * of them.
   */
  public static KeyRange range(WatchCreateRequest request) {
    var key = request.getKey().isEmpty() ? ByteString.copyFrom(new byte[1]) : request.getKey();
    return KeyRange.of(key, request.getRangeEnd());
  }

  /** Answers a request for a watch that may not be. */
  public void refuse(String reason) {
    lock.lock();
    try {
      replies.add(WatchResponses.refusal(machine.revision(), reason));
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Opens a watch; the answer comes through the sink. */
  public void create(WatchCreateRequest request) {
    var range = range(request);
    long start = request.getStartRevision();
    lock.lock();
    try {
      long newest = machine.revision();
      if (start < 0) {
        replies.add(WatchResponses.refusal(newest, StoreError.COMPACTED.text()));
      } else if (range.isEmpty()) {
        replies.add(WatchResponses.refusal(newest, "mvcc: watcher range is empty"));
      } else if (request.getWatchId() != 0 && watches.contains(request.getWatchId())) {
        replies.add(
            WatchResponses.refusal(newest, "mvcc: duplicate watch ID provided on the WatchStream"));
      } else {
        long id = request.getWatchId() != 0 ? request.getWatchId() : watches.freeId();
        var watcher =
            watches.add(
                id,
                WatchGroup.Wish.of(range, request),
                request.getProgressNotify(),
                start == 0 ? newest + 1 : start);
        watcher.lastSent = settings.ticker().getAsLong();
        replies.add(WatchResponses.reply(newest, id).setCreated(true).build());
      }
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Ends a watch; the answer comes through the sink. Of an unknown id nothing is said. */
  public void cancel(long id) {
    lock.lock();
    try {
      if (watches.remove(id)) {
        replies.add(WatchResponses.reply(machine.revision(), id).setCanceled(true).build());
        work.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Asks for a progress report as soon as all watches have been sent everything up to now. */
  public void requestProgress() {
    lock.lock();
    try {
      progressTarget = Math.max(progressTarget, machine.revision());
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Ends the session. */
  public void close() {
    hub.remove(this);
    lock.lock();
    try {
      closed = true;
      watches.clear();
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Sends until closed. */
  public void run() throws InterruptedException, IOException {
    try {
      while (awaitWork()) {
        catchUp(sendReplies());
        int busy = 0;
        for (var group : look(Watches::withNews)) {
          busy += sendPending(group);
        }
        responses.forget();
        if (busy >= MANY) {
          hub.gather();
        }
        sendProgress();
      }
    } finally {
      close();
    }
  }

  int watcherCount() {
    lock.lock();
    try {
      return watches.count();
    } finally {
      lock.unlock();
    }
  }

  /** From the hub, under its lock, in order of revisions. */
  void offer(Change change) {
    lock.lock();
    try {
      boolean wake = watches.offer(change) || progressTarget >= 0;
      offered = change.revision();
      if (wake) {
        work.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** From the hub, under its lock: revisions up to this one were not offered. */
  void missed(long revision) {
    lock.lock();
    try {
      watches.demoteAll(offered);
      offered = revision;
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  /** From the hub, under its lock. */
  boolean goLive(Watcher watcher, long dispatched) {
    lock.lock();
    try {
      if (watcher.next > dispatched) {
        watches.goLive(watcher);
      }
      return watcher.live;
    } finally {
      lock.unlock();
    }
  }

  private boolean awaitWork() throws InterruptedException {
    lock.lock();
    try {
      while (!closed && !hasWork()) {
        long wait = nanosToProgress();
        if (wait <= 0) {
          return true;
        }
        work.awaitNanos(wait);
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private boolean hasWork() {
    return !replies.isEmpty()
        || (progressTarget >= 0 && offered >= progressTarget)
        || !watches.isCaughtUp();
  }

  private long nanosToProgress() {
    long interval = settings.progressInterval().toNanos();
    long now = settings.ticker().getAsLong();
    long wait = interval;
    for (var watcher : watches.all()) {
      if (watcher.progress) {
        wait = Math.min(wait, watcher.lastSent + interval - now);
      }
    }
    return wait;
  }

  /**
   * Returns the watches that are not live and were told so: one that is created from now on must
   * not see events before it is answered.
   */
  private List<Watcher> sendReplies() throws InterruptedException {
    while (true) {
      WatchResponse reply;
      lock.lock();
      try {
        reply = replies.poll();
        if (reply == null) {
          return watches.behind();
        }
      } finally {
        lock.unlock();
      }
      sink.send(reply);
    }
  }

  /** Reads the watches under the lock. */
  private <T> T look(Function<Watches, T> at) {
    lock.lock();
    try {
      return at.apply(watches);
    } finally {
      lock.unlock();
    }
  }

  /** Sends from the log to those who are not live: read once for all who are at one place. */
  private void catchUp(List<Watcher> answered) throws InterruptedException, IOException {
    for (var watcher : answered) {
      hub.goLive(this, watcher);
    }
    for (var entry : look(all -> all.starts(answered)).entrySet()) {
      catchUp(entry.getKey(), entry.getValue());
    }
  }

  private void catchUp(Watches.Start start, List<Watcher> those)
      throws InterruptedException, IOException {
    long to = machine.revision();
    var wish = start.group().wish;
    List<Change> changes;
    try {
      changes = machine.history().changes(wish.range(), start.next(), to, wish.previous());
    } catch (StoreException e) {
      those.forEach(this::cancelCompacted);
      return;
    }
    long reached = changes.isEmpty() ? to : changes.getLast().revision();
    var wanted = wish.match(changes);
    for (var watcher : those) {
      send(watcher, wanted);
      lock.lock();
      try {
        watcher.next = Math.max(watcher.next, reached + 1);
      } finally {
        lock.unlock();
      }
      hub.goLive(this, watcher);
    }
  }

  private void cancelCompacted(Watcher watcher) {
    lock.lock();
    try {
      if (watches.remove(watcher.id)) {
        replies.add(
            // As etcd says it: the revision to go on from is the reason.
            WatchResponses.reply(0, watcher.id)
                .setCanceled(true)
                .setCompactRevision(machine.compacted())
                .build());
      }
    } finally {
      lock.unlock();
    }
  }

  /** Returns how many watches were sent something. */
  private int sendPending(WatchGroup group) throws InterruptedException, IOException {
    List<Change> changes;
    var receivers = new ArrayList<Receiver>();
    lock.lock();
    try {
      changes = group.take();
      if (changes.isEmpty()) {
        return 0;
      }
      long next = changes.getLast().revision() + 1;
      for (var watcher : group.live) {
        receivers.add(new Receiver(watcher, watcher.next));
        watcher.next = Math.max(watcher.next, next);
      }
    } finally {
      lock.unlock();
    }
    for (var receiver : receivers) {
      send(receiver.watcher, since(changes, receiver.next));
    }
    return receivers.size();
  }

  /** A watch, and what it had not been sent yet when changes were taken for it. */
  private record Receiver(Watcher watcher, long next) {}

  /** Who became live later than others of its group has been sent the first ones already. */
  private static List<Change> since(List<Change> changes, long next) {
    int first = 0;
    while (first < changes.size() && changes.get(first).revision() < next) {
      first++;
    }
    return first == 0 ? changes : changes.subList(first, changes.size());
  }

  private void send(Watcher watcher, List<Change> changes)
      throws InterruptedException, IOException {
    if (changes.isEmpty()) {
      return;
    }
    responses.send(watcher, changes);
    lock.lock();
    try {
      watcher.lastSent = settings.ticker().getAsLong();
    } finally {
      lock.unlock();
    }
  }

  private void sendProgress() throws InterruptedException {
    var reports = new ArrayList<WatchResponse>();
    lock.lock();
    try {
      boolean synced = replies.isEmpty() && watches.isCaughtUp();
      if (progressTarget >= 0 && offered >= progressTarget && synced) {
        reports.add(WatchResponses.reply(offered, -1).build());
        progressTarget = -1;
      }
      long now = settings.ticker().getAsLong();
      for (var watcher : watches.all()) {
        if (watcher.progress
            && watcher.live
            && watcher.group.pending.isEmpty()
            && now - watcher.lastSent >= settings.progressInterval().toNanos()) {
          watcher.lastSent = now;
          reports.add(WatchResponses.reply(offered, watcher.id).build());
        }
      }
    } finally {
      lock.unlock();
    }
    for (var report : reports) {
      sink.send(report);
    }
  }
}
