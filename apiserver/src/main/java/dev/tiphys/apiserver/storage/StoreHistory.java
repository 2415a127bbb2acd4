package dev.tiphys.apiserver.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * What the store remembers of the time before a cache began. It is read through a watch on every
 * key, as the {@link WatchFeed}'s is: then each revision brings an event, and the end is known
 * without asking for progress. Only a few read at a time. Thread-safe.
 */
final class StoreHistory {

  /** Upstream's text, by which clients know that they have to list again. */
  static final String EXPIRED = "The resourceVersion for the provided watch is too old.";

  private final Etcd etcd;
  private final Executor threads;
  private final Semaphore reading = new Semaphore(Limits.HISTORY_READS);

  /**
   * Reads from a store.
   *
   * @param threads has one task for each reading, which ends it when it takes too long
   */
  StoreHistory(Etcd etcd, Executor threads) {
    this.etcd = etcd;
    this.threads = threads;
  }

  /**
   * What happened to the keys under a prefix, in order.
   *
   * @param after the revision before the first that is wanted
   * @param to the last that is wanted; the store has reached it
   * @param atMost how many events there may be
   * @throws StorageException.Expired if the store does not remember all of it, or it is too much
   * @throws StorageException.Unavailable if it does not answer, or this server stops
   */
  List<WatchFeed.Event> events(String prefix, long after, long to, int atMost) {
    boolean admitted = false;
    CountDownLatch done = new CountDownLatch(1);
    try {
      admitted = reading.tryAcquire(Limits.HISTORY_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      if (!admitted) {
        throw new StorageException.Unavailable("too many read the store's history", null);
      }
      try (EtcdWatch watch = etcd.watchAll(after + 1)) {
        threads.execute(() -> endIfLate(watch, done));
        return read(watch, prefix, after, to, atMost);
      }
    } catch (CompactedException e) {
      throw new StorageException.Expired(EXPIRED, null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StorageException.Unavailable("interrupted while reading the store's history", e);
    } catch (RejectedExecutionException e) {
      throw new StorageException.Unavailable("the server stops", e);
    } finally {
      done.countDown();
      if (admitted) {
        reading.release();
      }
    }
  }

  private static void endIfLate(EtcdWatch watch, CountDownLatch done) {
    try {
      if (!done.await(Limits.HISTORY_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        watch.end("reading the store's history takes too long");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static List<WatchFeed.Event> read(
      EtcdWatch watch, String prefix, long after, long to, int atMost) throws InterruptedException {
    List<WatchFeed.Event> found = new ArrayList<>();
    long reached = after;
    while (reached < to) {
      for (WatchFeed.Event event : watch.take().events()) {
        reached = event.entry().revision();
        if (reached <= to && event.entry().key().startsWith(prefix)) {
          if (found.size() == atMost) {
            throw new StorageException.Expired(
                "too old resource version: " + after + " (too much has happened since)", null);
          }
          found.add(event);
        }
      }
    }
    return found;
  }
}
