package dev.tiphys.apiserver.storage;

import dev.tiphys.api.schema.ApiObject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All objects of one resource as they are, what happened to them lately, and who watches.
 *
 * <p>Filled when first used, by a list; kept fresh by the {@link WatchFeed}. Readers take the
 * current tree without a lock; the lock orders changes and the beginnings of watches. Thread-safe.
 */
final class WatchCache<T extends ApiObject> implements WatchFeed.Subscriber {

  private static final Logger log = LoggerFactory.getLogger(WatchCache.class);

  /**
   * All objects at a revision.
   *
   * @param objects by path
   * @param revision up to which everything is in it
   */
  record Snapshot<T extends ApiObject>(SortedTree<StoredObject<T>> objects, long revision) {}

  private final ResourceSpec<T> spec;
  private final Etcd etcd;
  private final WatchFeed feed;
  private final PastEvents<T> pastEvents;
  private final InstantSource clock;
  private final RecentWrites<T> recentWrites = new RecentWrites<>();

  private final ReentrantLock filling = new ReentrantLock();
  private final ReentrantLock remembering = new ReentrantLock();
  private final ReentrantLock lock = new ReentrantLock();
  private final WatcherIndex<T> watchers;
  private final List<WatchFeed.Event> early = new ArrayList<>();
  private EventRing<T> ring = new EventRing<>(0, SortedTree.empty());
  private volatile @Nullable Snapshot<T> state;

  WatchCache(
      ResourceSpec<T> spec, Etcd etcd, WatchFeed feed, StoreHistory history, InstantSource clock) {
    this.spec = spec;
    this.etcd = etcd;
    this.feed = feed;
    this.clock = clock;
    this.pastEvents = new PastEvents<>(spec, etcd, history, clock);
    this.watchers = new WatcherIndex<>(spec.watchIndex(), spec.namespaced());
  }

  /** All objects now; fills the cache if that has not happened yet. */
  Snapshot<T> current() {
    if (state == null) {
      fill();
    }
    // In this order: everything that the feed had passed on before is in the state read after.
    long passedOn = feed.revision();
    Snapshot<T> now = Objects.requireNonNull(state);
    return now.revision() >= passedOn ? now : new Snapshot<>(now.objects(), passedOn);
  }

  /** An object if the cache is filled and has it. Perhaps old. */
  @Nullable StoredObject<T> peek(String path) {
    Snapshot<T> now = state;
    return now == null ? null : now.objects().get(path);
  }

  /** As {@code deployments.apps}. */
  String resource() {
    return spec.qualifiedName();
  }

  /** Whether it has been filled. */
  boolean filled() {
    return state != null;
  }

  /** How many objects there are; 0 before it is filled. */
  int size() {
    Snapshot<T> now = state;
    return now == null ? 0 : now.objects().size();
  }

  /** Waits until everything up to a revision is in here. */
  boolean await(long revision, Duration atMost) {
    return current().revision() >= revision || feed.await(revision, atMost);
  }

  /** All objects at a revision that has been reached; null if that is forgotten. */
  @Nullable SortedTree<StoredObject<T>> stateAt(long revision) {
    current();
    lock.lock();
    try {
      return ring.stateAt(revision);
    } finally {
      lock.unlock();
    }
  }

  /** Remembers an object that was just written here, so that it need not be decoded again. */
  void written(StoredObject<T> object) {
    if (state == null) {
      return;
    }
    recentWrites.add(object);
    // The feed may have been faster, and then nobody would ever take it out.
    if (feed.revision() >= object.revision()) {
      recentWrites.discard(object);
    }
  }

  private void fill() {
    filling.lock();
    try {
      if (state == null) {
        if (!feed.await(1, Limits.CALL_TIMEOUT)) {
          throw new StorageException.Unavailable("the store has not answered yet", null);
        }
        feed.subscribe(spec.keyPrefix(), this, this::readAll);
      }
    } finally {
      filling.unlock();
    }
  }

  private void readAll() {
    lock.lock();
    try {
      early.clear();
    } finally {
      lock.unlock();
    }
    Snapshot<T> read = read(0);
    lock.lock();
    try {
      ring = new EventRing<>(read.revision(), read.objects());
      state = read;
      List<WatchFeed.Event> missed = List.copyOf(early);
      early.clear();
      applyAll(missed);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Reads all objects of the store, page by page at one revision.
   *
   * @param at the revision; 0 for the latest
   */
  private Snapshot<T> read(long at) {
    List<String> paths = new ArrayList<>();
    List<StoredObject<T>> objects = new ArrayList<>();
    String from = spec.keyPrefix();
    String end = prefixEnd(from);
    long revision = at;
    while (true) {
      Etcd.Range page = etcd.range(from, end, Limits.STORE_PAGE, revision);
      revision = page.revision();
      for (Entry entry : page.entries()) {
        StoredObject<T> object = known(entry);
        if (object != null) {
          paths.add(object.path());
          objects.add(object);
        }
      }
      if (!page.more() || page.entries().isEmpty()) {
        return new Snapshot<>(SortedTree.ofSorted(paths, objects), revision);
      }
      from = page.entries().getLast().key() + '\0';
    }
  }

  /** The key behind all keys with a prefix. */
  static String prefixEnd(String prefix) {
    int last = prefix.length() - 1;
    return prefix.substring(0, last) + (char) (prefix.charAt(last) + 1);
  }

  private @Nullable StoredObject<T> known(Entry entry) {
    String path = entry.key().substring(spec.keyPrefix().length());
    StoredObject<T> cached = peek(path);
    return cached != null && cached.revision() == entry.revision() ? cached : decoded(path, entry);
  }

  private @Nullable StoredObject<T> decoded(String path, Entry entry) {
    try {
      return StoredObject.of(path, spec.codec().decode(entry.value()), entry.revision());
    } catch (RuntimeException e) {
      // One broken value must not take the whole resource away; reading it alone names the fault.
      log.error("unreadable value key={} revision={}", entry.key(), entry.revision(), e);
      return null;
    }
  }

  @Override
  public void apply(List<WatchFeed.Event> events) {
    lock.lock();
    try {
      if (state == null) {
        early.addAll(events);
      } else {
        applyAll(events);
      }
    } finally {
      lock.unlock();
    }
  }

  private void applyAll(List<WatchFeed.Event> events) {
    Snapshot<T> now = Objects.requireNonNull(state);
    List<Transition<T>> transitions = new ArrayList<>(events.size());
    SortedTree<StoredObject<T>> objects = now.objects();
    long revision = now.revision();
    Instant at = clock.instant();
    for (WatchFeed.Event event : events) {
      Entry entry = event.entry();
      if (entry.revision() <= now.revision()) {
        continue;
      }
      revision = entry.revision();
      String path = entry.key().substring(spec.keyPrefix().length());
      StoredObject<T> before = objects.get(path);
      StoredObject<T> after = null;
      if (!event.deletion()) {
        after = recentWrites.take(path, entry.revision());
        after = after == null ? decoded(path, entry) : after;
      }
      if (before == null && after == null) {
        continue;
      }
      objects = after == null ? objects.without(path) : objects.with(path, after);
      Transition<T> transition = new Transition<>(path, before, after, revision, at);
      ring.add(transition, objects);
      transitions.add(transition);
    }
    // In this order: who sees the new revision may rely on every watcher having been told.
    transitions.forEach(watchers::dispatch);
    state = new Snapshot<>(objects, revision);
  }

  @Override
  public void resync(long revision, boolean replaced) {
    if (state == null) {
      return;
    }
    Snapshot<T> read = read(revision);
    lock.lock();
    try {
      Snapshot<T> old = Objects.requireNonNull(state);
      ring = new EventRing<>(read.revision(), read.objects());
      if (replaced) {
        watchers.forEach(watcher -> watcher.fail("the store was replaced by an older one"));
      } else {
        differences(old.objects(), read).forEach(watchers::dispatch);
      }
      state = read;
    } finally {
      lock.unlock();
    }
  }

  /** What led from one state to another, as far as one can tell, in the order of revisions. */
  private List<Transition<T>> differences(SortedTree<StoredObject<T>> old, Snapshot<T> read) {
    List<Transition<T>> found = new ArrayList<>();
    Instant at = clock.instant();
    Set<String> kept = new HashSet<>();
    read.objects()
        .walk(
            "",
            null,
            now -> {
              kept.add(now.path());
              StoredObject<T> before = old.get(now.path());
              if (before == null || before.revision() == now.revision()) {
                if (before == null) {
                  found.add(new Transition<>(now.path(), null, now, now.revision(), at));
                }
              } else if (sameUid(before, now)) {
                found.add(new Transition<>(now.path(), before, now, now.revision(), at));
              } else {
                found.add(new Transition<>(now.path(), before, null, now.revision() - 1, at));
                found.add(new Transition<>(now.path(), null, now, now.revision(), at));
              }
              return true;
            });
    found.sort(Comparator.comparingLong(Transition::revision));
    old.walk(
        "",
        null,
        before -> {
          if (!kept.contains(before.path())) {
            found.add(new Transition<>(before.path(), before, null, read.revision(), at));
          }
          return true;
        });
    return found;
  }

  private static boolean sameUid(StoredObject<?> one, StoredObject<?> other) {
    return Objects.equals(one.object().metadata().uid(), other.object().metadata().uid());
  }

  /**
   * Begins a watch behind a revision.
   *
   * @throws StorageException.Expired if that is forgotten
   */
  Watcher<T> watchAfter(WatchQuery<T> query, long revision) {
    current();
    remember(revision);
    lock.lock();
    try {
      if (revision < ring.floor()) {
        throw new StorageException.Expired(
            "too old resource version: " + revision + " (" + ring.floor() + ")", null);
      }
      QueueWatcher<T> watcher = newWatcher(query);
      watcher.begin(List.of(), revision, false);
      for (Transition<T> transition : ring.after(revision)) {
        WatchEvent<T> event = transition.seenBy(query.selection());
        if (event != null) {
          watcher.offerPast(event);
        }
      }
      watchers.add(watcher);
      return watcher;
    } finally {
      lock.unlock();
    }
  }

  /** Has the store tell what happened since a revision, if that is not known here. */
  private void remember(long revision) {
    if (floor().revision() <= revision) {
      return;
    }
    remembering.lock();
    try {
      for (int i = 0; i < Limits.HISTORY_ATTEMPTS; i++) {
        Snapshot<T> floor = floor();
        if (floor.revision() <= revision
            || prepend(pastEvents.between(revision, floor), floor, revision)) {
          return;
        }
      }
    } finally {
      remembering.unlock();
    }
  }

  private Snapshot<T> floor() {
    lock.lock();
    try {
      return ring.atFloor();
    } finally {
      lock.unlock();
    }
  }

  /** Adds to what is known, unless that begins elsewhere by now. */
  private boolean prepend(List<Transition<T>> past, Snapshot<T> before, long revision) {
    lock.lock();
    try {
      if (ring.floor() != before.revision()) {
        return false;
      }
      ring.prepend(past, revision);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Begins a watch with all that there is now. */
  Watcher<T> watchWithState(WatchQuery<T> query, boolean endBookmark) {
    QueueWatcher<T> watcher = newWatcher(query);
    Snapshot<T> there;
    current();
    lock.lock();
    try {
      there = current();
      watchers.add(watcher);
    } finally {
      lock.unlock();
    }
    List<StoredObject<T>> matching = new ArrayList<>();
    KeyRange range = KeyRange.of(query.selection(), spec.namespaced());
    there
        .objects()
        .walk(
            range.from(),
            range.to(),
            object -> {
              if (query.selection().accepts(object.object())) {
                matching.add(object);
              }
              return true;
            });
    watcher.begin(matching, there.revision(), endBookmark);
    return watcher;
  }

  private QueueWatcher<T> newWatcher(WatchQuery<T> query) {
    return new QueueWatcher<>(query, clock, () -> current().revision(), this::forget);
  }

  private void forget(QueueWatcher<T> watcher) {
    lock.lock();
    try {
      watchers.remove(watcher);
    } finally {
      lock.unlock();
    }
  }

  /** Forgets events that are too old, so that an idle resource holds little. */
  void trim() {
    lock.lock();
    try {
      ring.trim(clock.instant());
    } finally {
      lock.unlock();
    }
  }

  /** Ends all watches. */
  void close() {
    lock.lock();
    try {
      watchers.forEach(watcher -> watcher.fail("the server stops"));
    } finally {
      lock.unlock();
    }
  }
}
