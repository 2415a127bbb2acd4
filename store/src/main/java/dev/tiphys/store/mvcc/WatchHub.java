package dev.tiphys.store.mvcc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Hands every new revision to all watch sessions. The applying thread only puts revisions into a
 * queue; one dispatching thread matches them. When the queue is full a revision is left out, and
 * sessions fetch what they miss from the log: no watcher can slow down a write.
 */
public final class WatchHub {
  private static final int QUEUE = 4096;
  private static final long QUEUE_BYTES = 32 << 20;
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Duration GATHERING = Duration.ofMillis(8);

  private final Machine machine;
  private final LinkedBlockingQueue<Change> queue = new LinkedBlockingQueue<>(QUEUE);
  private final AtomicLong queuedBytes = new AtomicLong();
  private final CopyOnWriteArrayList<WatchSession> sessions = new CopyOnWriteArrayList<>();
  private final CommonPause gathering = new CommonPause(GATHERING);
  private final ReentrantLock lock = new ReentrantLock();

  /** All revisions up to this one were offered to all live watchers. Guarded by the lock. */
  private long dispatched;

  /** Whether there are sessions: while there are none, nobody is woken for a revision. */
  private volatile boolean watched;

  private volatile boolean closed;

  WatchHub(Machine machine) {
    this.machine = machine;
    this.dispatched = machine.revision();
  }

  /** Dispatches until closed. Run it on a thread of its own. */
  public void run() throws InterruptedException {
    while (!closed) {
      var first = queue.poll(LOOK.toMillis(), TimeUnit.MILLISECONDS);
      var batch = new ArrayList<Change>();
      if (first != null) {
        batch.add(first);
        queue.drainTo(batch);
      }
      dispatch(batch);
      queuedBytes.addAndGet(-batch.stream().mapToLong(Change::bytes).sum());
    }
  }

  /** How many sessions are open. */
  public int sessionCount() {
    return sessions.size();
  }

  /** How many watches are open. */
  public int watcherCount() {
    int count = 0;
    for (var session : sessions) {
      count += session.watcherCount();
    }
    return count;
  }

  /** Opens a session; run it on a thread of its own. */
  public WatchSession open(WatchSession.Settings settings, WatchSession.Sink sink) {
    lock.lock();
    try {
      if (!watched) {
        watched = true;
        // After that, for whoever publishes looks the other way round: no revision falls between.
        dispatched = Math.max(dispatched, machine.revision());
      }
      var session = new WatchSession(machine, this, settings, sink, dispatched);
      sessions.add(session);
      return session;
    } finally {
      lock.unlock();
    }
  }

  /** From the applying thread, in order; the machine has these revisions already. */
  void publish(List<Change> changes) {
    if (!watched) {
      return;
    }
    for (var change : changes) {
      long bytes = change.bytes();
      if (queuedBytes.get() > QUEUE_BYTES || !queue.offer(change)) {
        return; // the gap shows to the dispatcher as soon as there is room
      }
      queuedBytes.addAndGet(bytes);
    }
  }

  /** Makes a watcher live when nothing it has yet to see was dispatched already. */
  boolean goLive(WatchSession session, Watcher watcher) {
    lock.lock();
    try {
      return session.goLive(watcher, dispatched);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits a little, so that the next responses carry more events each: for a session that has just
   * sent many watches something. So the first event after a while is never held back.
   */
  void gather() throws InterruptedException {
    gathering.make();
  }

  void remove(WatchSession session) {
    lock.lock();
    try {
      sessions.remove(session);
      watched = !sessions.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  void close() {
    closed = true;
    sessions.forEach(WatchSession::close);
  }

  private void dispatch(List<Change> batch) {
    lock.lock();
    try {
      for (var change : batch) {
        if (change.revision() <= dispatched) {
          continue; // from before the first session
        }
        if (change.revision() > dispatched + 1) {
          skipTo(change.revision() - 1);
        }
        for (var session : sessions) {
          session.offer(change);
        }
        dispatched = change.revision();
      }
      // Revisions that found no room and had none after them.
      if (batch.isEmpty() && queue.isEmpty()) {
        long newest = machine.revision();
        if (newest > dispatched && queue.isEmpty()) {
          skipTo(newest);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void skipTo(long revision) {
    for (var session : sessions) {
      session.missed(revision);
    }
    dispatched = revision;
  }
}
