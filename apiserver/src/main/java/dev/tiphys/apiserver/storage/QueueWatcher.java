package dev.tiphys.apiserver.storage;

import dev.tiphys.api.schema.ApiObject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The {@link Watcher}: what there was when it began, then a bounded queue of what happens. Whoever
 * adds to it never waits; a watcher that falls behind the bound is told what it has and then ended.
 */
final class QueueWatcher<T extends ApiObject> implements Watcher<T> {

  private final Selection<T> selection;
  private final boolean bookmarks;
  private final InstantSource clock;
  private final LongSupplier reached;
  private final Consumer<QueueWatcher<T>> onClose;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<StoredObject<T>> initial = new ArrayDeque<>();
  private final Deque<WatchEvent<T>> queue = new ArrayDeque<>();
  private boolean filling;
  private boolean endBookmark;
  private long lastRevision;
  private Instant nextBookmark;
  private @Nullable Instant lastBookmark;
  private @Nullable String failure;
  private @Nullable Runnable onReady;
  private boolean closed;

  /**
   * A watcher that holds its taker until {@link #begin}.
   *
   * @param reached the revision up to which all events have been added
   * @param onClose hears once that it is closed
   */
  QueueWatcher(
      WatchQuery<T> query,
      InstantSource clock,
      LongSupplier reached,
      Consumer<QueueWatcher<T>> onClose) {
    this.selection = query.selection();
    this.bookmarks = query.bookmarks();
    this.clock = clock;
    this.reached = reached;
    this.onClose = onClose;
    this.filling = true;
    this.nextBookmark = bookmarkAfter(clock.instant());
  }

  Selection<T> selection() {
    return selection;
  }

  /**
   * Says what there is.
   *
   * @param state each is ADDED
   * @param revision of the state
   * @param marked whether a marked bookmark follows it
   */
  void begin(List<StoredObject<T>> state, long revision, boolean marked) {
    lock.lock();
    try {
      initial.addAll(state);
      endBookmark = marked;
      lastRevision = revision;
      filling = false;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Adds an event; never waits. */
  void offer(WatchEvent<T> event) {
    Runnable told;
    lock.lock();
    try {
      if (closed || failure != null) {
        return;
      }
      if (queue.size() >= Limits.WATCHER_QUEUE) {
        failure = "the watcher is too slow";
      } else {
        queue.add(event);
      }
      changed.signal();
      told = onReady;
    } finally {
      lock.unlock();
    }
    tell(told);
  }

  private static void tell(@Nullable Runnable told) {
    if (told != null) {
      told.run();
    }
  }

  @Override
  public void onReady(Runnable action) {
    lock.lock();
    try {
      onReady = action;
    } finally {
      lock.unlock();
    }
    action.run();
  }

  /** Adds an event of the past, of which there may be more than of those to come. */
  void offerPast(WatchEvent<T> event) {
    lock.lock();
    try {
      queue.add(event);
    } finally {
      lock.unlock();
    }
  }

  /** Ends it after what it still has. */
  void fail(String why) {
    Runnable told;
    lock.lock();
    try {
      failure = why;
      changed.signal();
      told = onReady;
    } finally {
      lock.unlock();
    }
    tell(told);
  }

  @Override
  public List<WatchEvent<T>> poll() {
    // Read before the queue is looked at: what is not in there then was not before that.
    long passed = bookmarks ? reached.getAsLong() : 0;
    lock.lock();
    try {
      return closed ? List.of() : ready(passed);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public List<WatchEvent<T>> take(Duration atMost) throws InterruptedException {
    long left = atMost.toNanos();
    lock.lock();
    try {
      while (!closed) {
        // Read before the queue is looked at: what is not in there then was not before that.
        long passed = reached.getAsLong();
        List<WatchEvent<T>> ready = ready(passed);
        if (!ready.isEmpty()) {
          return ready;
        }
        if (left <= 0) {
          return List.of();
        }
        long untilBookmark =
            bookmarks
                ? Math.max(1, Duration.between(clock.instant(), nextBookmark).toNanos())
                : Long.MAX_VALUE;
        if (untilBookmark < left) {
          long unused = changed.awaitNanos(untilBookmark);
          left -= untilBookmark - Math.max(0, unused);
        } else {
          left = changed.awaitNanos(left);
        }
      }
      return List.of();
    } finally {
      lock.unlock();
    }
  }

  private List<WatchEvent<T>> ready(long passed) {
    if (filling) {
      return List.of();
    }
    List<WatchEvent<T>> batch = new ArrayList<>();
    while (!initial.isEmpty() && batch.size() < Limits.WATCH_BATCH) {
      StoredObject<T> there = initial.remove();
      batch.add(new WatchEvent<>(WatchEvent.Type.ADDED, there, there.revision(), false));
    }
    if (initial.isEmpty() && endBookmark) {
      endBookmark = false;
      batch.add(bookmark(lastRevision, true));
    }
    while (initial.isEmpty() && !queue.isEmpty() && batch.size() < Limits.WATCH_BATCH) {
      WatchEvent<T> event = queue.remove();
      lastRevision = event.revision();
      batch.add(event);
    }
    if (!batch.isEmpty()) {
      return batch;
    }
    if (failure != null) {
      throw new StorageException.WatchEnded(failure);
    }
    if (bookmarks && !clock.instant().isBefore(nextBookmark)) {
      lastRevision = Math.max(lastRevision, passed);
      return List.of(bookmark(lastRevision, false));
    }
    return batch;
  }

  private WatchEvent<T> bookmark(long revision, boolean initialEventsEnd) {
    nextBookmark = bookmarkAfter(clock.instant());
    return new WatchEvent<>(WatchEvent.Type.BOOKMARK, null, revision, initialEventsEnd);
  }

  private Instant bookmarkAfter(Instant now) {
    Instant next = now.plus(Limits.BOOKMARK_INTERVAL);
    Instant last = lastBookmark;
    return last != null && now.isBefore(last) && last.isBefore(next) ? last : next;
  }

  @Override
  public void endsAt(Instant end) {
    lock.lock();
    try {
      lastBookmark = end.minus(Limits.LAST_BOOKMARK);
      nextBookmark = bookmarkAfter(clock.instant());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean closed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    Runnable told;
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      initial.clear();
      queue.clear();
      changed.signalAll();
      told = onReady;
    } finally {
      lock.unlock();
    }
    tell(told);
    onClose.accept(this);
  }
}
