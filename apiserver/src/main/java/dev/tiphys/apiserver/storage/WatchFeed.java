package dev.tiphys.apiserver.storage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one watch on the store, which feeds the caches of all resources.
 *
 * <p>It watches every key there is, so each revision of the store brings an event, and how far it
 * has come tells how fresh every cache is, without asking the store for progress. When the stream
 * breaks it goes on behind the last revision it has passed on; when that is compacted, the caches
 * compare themselves with the store. Thread-safe.
 */
final class WatchFeed implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(WatchFeed.class);

  /**
   * A change of a key.
   *
   * @param entry the key and its new value
   * @param deletion whether the key is gone
   */
  record Event(Entry entry, boolean deletion) {}

  /** A cache of the keys under a prefix. Called by one thread at a time. */
  interface Subscriber {

    /** Takes changes of whole revisions, in order. */
    void apply(List<Event> events);

    /**
     * Compares itself with the store: changes in between are lost.
     *
     * @param revision to become
     * @param replaced whether the store has gone back in time, so that even that would mislead
     */
    void resync(long revision, boolean replaced);
  }

  private final Etcd etcd;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition advanced = lock.newCondition();
  private final ReentrantLock structure = new ReentrantLock();
  private final ConcurrentSkipListMap<String, Subscriber> subscribers =
      new ConcurrentSkipListMap<>();
  private volatile long revision;
  private volatile boolean closed;
  private int waiting;
  private @Nullable EtcdWatch session;

  private WatchFeed(Etcd etcd) {
    this.etcd = etcd;
  }

  /**
   * Begins to watch, and goes on trying until closed.
   *
   * @param executor runs the one task that keeps the watch alive
   */
  static WatchFeed start(Etcd etcd, Executor executor) {
    WatchFeed feed = new WatchFeed(etcd);
    executor.execute(feed::run);
    return feed;
  }

  /** Up to which revision everything has been passed on; 0 before the store has answered. */
  long revision() {
    return revision;
  }

  /** Waits until everything up to a revision has been passed on; says whether that came in time. */
  boolean await(long wanted, Duration atMost) {
    if (revision >= wanted) {
      return true;
    }
    lock.lock();
    waiting++;
    try {
      long left = atMost.toNanos();
      while (revision < wanted && left > 0 && !closed) {
        left = advanced.awaitNanos(left);
      }
      return revision >= wanted;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      waiting--;
      lock.unlock();
    }
  }

  /**
   * Adds a cache and lets it fill itself, undisturbed by {@link Subscriber#resync}. Changes reach
   * it from before it begins to fill.
   */
  void subscribe(String prefix, Subscriber subscriber, Runnable fill) {
    structure.lock();
    try {
      subscribers.put(prefix, subscriber);
      fill.run();
    } catch (RuntimeException e) {
      subscribers.remove(prefix);
      throw e;
    } finally {
      structure.unlock();
    }
  }

  /** Takes a cache out: its resource is no longer served. */
  void unsubscribe(String prefix) {
    subscribers.remove(prefix);
  }

  /** Begins the stream anew: it is suspected to be dead. */
  void restart(String reason) {
    lock.lock();
    try {
      if (session != null) {
        session.end(reason);
      }
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    Duration pause = Limits.RETRY_FIRST;
    while (!closed) {
      long before = revision;
      try {
        runSession();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (StorageException | CompactedException e) {
        if (!closed) {
          log.warn("watch on the store broke revision={} error={}", revision, e.getMessage());
          log.debug("watch on the store broke", e);
        }
      } catch (RuntimeException e) {
        log.error("cannot take in what the store says revision={}", revision, e);
      }
      pause = revision > before ? Limits.RETRY_FIRST : longer(pause);
      if (!pauseFor(pause)) {
        return;
      }
    }
  }

  private static Duration longer(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(Limits.RETRY_LAST) > 0 ? Limits.RETRY_LAST : twice;
  }

  private boolean pauseFor(Duration pause) {
    lock.lock();
    try {
      long left = pause.toNanos();
      while (left > 0 && !closed) {
        left = advanced.awaitNanos(left);
      }
      return !closed;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** Watches until the stream breaks. */
  private void runSession() throws InterruptedException {
    long head = etcd.revision();
    if (revision == 0) {
      advanceTo(head);
    } else if (head < revision) {
      log.warn("the store went back in time from={} to={}", revision, head);
      resync(true);
    }
    try (EtcdWatch watch = begin()) {
      while (!closed) {
        dispatch(watch.take().events());
      }
    } catch (CompactedException e) {
      log.info("caches compare themselves with the store after compaction revision={}", revision);
      log.debug("compacted", e);
      resync(false);
    }
  }

  private EtcdWatch begin() {
    lock.lock();
    try {
      EtcdWatch watch = etcd.watchAll(revision + 1);
      session = watch;
      return watch;
    } finally {
      lock.unlock();
    }
  }

  private void resync(boolean replaced) {
    structure.lock();
    try {
      long head = etcd.revision();
      subscribers.values().forEach(subscriber -> subscriber.resync(head, replaced));
      advanceTo(head);
    } finally {
      structure.unlock();
    }
  }

  private void advanceTo(long reached) {
    lock.lock();
    try {
      revision = reached;
      if (waiting > 0) {
        advanced.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Passes on what came, resource by resource. */
  private void dispatch(List<Event> events) {
    if (events.isEmpty()) {
      return;
    }
    List<Event> batch = new ArrayList<>(events.size());
    Map.Entry<String, Subscriber> target = null;
    long last = revision;
    for (Event event : events) {
      Entry entry = event.entry();
      if (entry.revision() <= revision) {
        continue;
      }
      last = Math.max(last, entry.revision());
      Map.Entry<String, Subscriber> next = subscribers.floorEntry(entry.key());
      if (next != null && !entry.key().startsWith(next.getKey())) {
        next = null;
      }
      if (target != null
          && !batch.isEmpty()
          && (next == null || next.getValue() != target.getValue())) {
        target.getValue().apply(batch);
        batch = new ArrayList<>();
      }
      target = next;
      if (target != null) {
        batch.add(event);
      }
    }
    if (target != null && !batch.isEmpty()) {
      target.getValue().apply(batch);
    }
    advanceTo(last);
  }

  @Override
  public void close() {
    closed = true;
    lock.lock();
    try {
      if (session != null) {
        session.end("closed");
      }
      advanced.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
