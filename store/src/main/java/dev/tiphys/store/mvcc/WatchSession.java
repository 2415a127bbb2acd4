package dev.tiphys.store.mvcc;

import com.google.protobuf.ByteString;
import dev.tiphys.store.rpc.WatchCreateRequest;
import dev.tiphys.store.rpc.WatchResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The watches of one stream. Requests may come from any thread; one thread runs {@link #run} and
 * sends. A client that reads slowly makes only its own session fall behind: what it missed is read
 * from the log when it is ready again.
 */
public final class WatchSession {
  private static final int PENDING = 1024;
  private static final int CHUNK = 1000;

  private final Machine machine;
  private final WatchHub hub;
  private final Settings settings;
  private final Sink sink;
  private final WatchResponses responses;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Map<Long, Watcher> watchers = new LinkedHashMap<>();
  private final ArrayDeque<WatchResponse> replies = new ArrayDeque<>();
  private long offered;
  private long nextId;
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
  }

  WatchSession(Machine machine, WatchHub hub, Settings settings, Sink sink, long offered) {
    this.machine = machine;
    this.hub = hub;
    this.settings = settings;
    this.sink = sink;
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
      } else if (request.getWatchId() != 0 && watchers.containsKey(request.getWatchId())) {
        replies.add(
            WatchResponses.refusal(newest, "mvcc: duplicate watch ID provided on the WatchStream"));
      } else {
        long id = request.getWatchId() != 0 ? request.getWatchId() : freeId();
        var watcher = new Watcher(id, range, request, start == 0 ? newest + 1 : start);
        watcher.lastSent = settings.ticker().getAsLong();
        watchers.put(id, watcher);
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
      if (watchers.remove(id) != null) {
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
      watchers.clear();
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Sends until closed. */
  public void run() throws InterruptedException, IOException {
    try {
      while (awaitWork()) {
        sendReplies();
        for (var watcher : snapshot()) {
          if (!isLive(watcher)) {
            catchUp(watcher);
          } else {
            sendPending(watcher);
          }
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
      return watchers.size();
    } finally {
      lock.unlock();
    }
  }

  /** From the hub, under its lock, in order of revisions. */
  void offer(Change change) {
    lock.lock();
    try {
      boolean wake = progressTarget >= 0;
      for (var watcher : watchers.values()) {
        if (!watcher.live || change.revision() < watcher.next) {
          continue;
        }
        var part = watcher.match(change);
        if (part != null) {
          watcher.pending.add(part);
          wake = true;
          if (watcher.pending.size() > PENDING) {
            watcher.demote();
          }
        }
      }
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
      for (var watcher : watchers.values()) {
        if (watcher.live && watcher.next <= revision) {
          if (watcher.pending.isEmpty()) {
            watcher.next = Math.max(watcher.next, offered + 1);
          }
          watcher.demote();
        }
      }
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
        watcher.live = true;
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
    if (!replies.isEmpty() || (progressTarget >= 0 && offered >= progressTarget)) {
      return true;
    }
    for (var watcher : watchers.values()) {
      if (!watcher.live || !watcher.pending.isEmpty()) {
        return true;
      }
    }
    return false;
  }

  private long nanosToProgress() {
    long interval = settings.progressInterval().toNanos();
    long now = settings.ticker().getAsLong();
    long wait = interval;
    for (var watcher : watchers.values()) {
      if (watcher.progress) {
        wait = Math.min(wait, watcher.lastSent + interval - now);
      }
    }
    return wait;
  }

  private void sendReplies() throws InterruptedException {
    while (true) {
      WatchResponse reply;
      lock.lock();
      try {
        reply = replies.poll();
      } finally {
        lock.unlock();
      }
      if (reply == null) {
        return;
      }
      sink.send(reply);
    }
  }

  private List<Watcher> snapshot() {
    lock.lock();
    try {
      return new ArrayList<>(watchers.values());
    } finally {
      lock.unlock();
    }
  }

  private boolean isLive(Watcher watcher) {
    lock.lock();
    try {
      return watcher.live;
    } finally {
      lock.unlock();
    }
  }

  private void catchUp(Watcher watcher) throws InterruptedException, IOException {
    if (hub.goLive(this, watcher)) {
      return;
    }
    long to = machine.revision();
    List<Change> changes;
    try {
      changes = machine.changes(watcher.range, watcher.next, to, CHUNK);
    } catch (StoreException e) {
      cancelCompacted(watcher);
      return;
    }
    long reached = changes.size() == 0 ? to : changes.getLast().revision();
    var wanted = new ArrayList<Change>();
    for (var change : changes) {
      var part = watcher.match(change);
      if (part != null) {
        wanted.add(part);
      }
    }
    send(watcher, wanted);
    lock.lock();
    try {
      watcher.next = Math.max(watcher.next, reached + 1);
    } finally {
      lock.unlock();
    }
    hub.goLive(this, watcher);
  }

  private void cancelCompacted(Watcher watcher) {
    lock.lock();
    try {
      if (watchers.remove(watcher.id) != null) {
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

  private void sendPending(Watcher watcher) throws InterruptedException, IOException {
    List<Change> changes;
    lock.lock();
    try {
      if (watcher.pending.isEmpty()) {
        return;
      }
      changes = new ArrayList<>(watcher.pending);
      watcher.pending.clear();
      watcher.next = changes.getLast().revision() + 1;
    } finally {
      lock.unlock();
    }
    send(watcher, changes);
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
      boolean synced =
          replies.isEmpty()
              && watchers.values().stream().allMatch(w -> w.live && w.pending.isEmpty());
      if (progressTarget >= 0 && offered >= progressTarget && synced) {
        reports.add(WatchResponses.reply(offered, -1).build());
        progressTarget = -1;
      }
      long now = settings.ticker().getAsLong();
      for (var watcher : watchers.values()) {
        if (watcher.progress
            && watcher.live
            && watcher.pending.isEmpty()
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

  private long freeId() {
    while (watchers.containsKey(nextId)) {
      nextId++;
    }
    return nextId++;
  }
}
