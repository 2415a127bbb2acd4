package dev.tiphys.apiserver.resource;

import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.apiserver.storage.ObjectKey;
import dev.tiphys.apiserver.storage.ReadAt;
import dev.tiphys.apiserver.storage.ResourceStore;
import dev.tiphys.apiserver.storage.Selection;
import dev.tiphys.apiserver.storage.StorageException;
import dev.tiphys.apiserver.storage.WatchEvent;
import dev.tiphys.apiserver.storage.WatchQuery;
import dev.tiphys.apiserver.storage.Watcher;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All objects of a resource, followed by a watch on a thread of its own, for parts of the server
 * that derive something from them and must know when to derive it anew. Thread-safe.
 *
 * @param <T> the kind
 */
public final class Mirror<T extends ApiObject> implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Mirror.class);
  private static final Duration POLL = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final ResourceType<T> type;
  private final ResourceStore<T> store;
  private final Runnable changed;
  private final CountDownLatch filled = new CountDownLatch(1);
  private volatile Map<ObjectKey, T> objects = Map.of();
  private volatile @Nullable Watcher<T> watcher;
  private volatile boolean closed;

  private Mirror(ResourceType<T> type, ResourceStore<T> store, Runnable changed) {
    this.type = type;
    this.store = store;
    this.changed = changed;
  }

  /**
   * Begins to follow.
   *
   * @param changed called after each batch of changes, on the mirror's thread
   */
  public static <T extends ApiObject> Mirror<T> start(
      ResourceType<T> type, ResourceStore<T> store, Runnable changed) {
    Mirror<T> mirror = new Mirror<>(type, store, changed);
    Thread.ofVirtual().name("mirror-" + type.plural()).start(mirror::run);
    return mirror;
  }

  /** The objects, as far as the watch has told. */
  public List<T> all() {
    return List.copyOf(objects.values());
  }

  /** Whether the first state has been read. */
  public boolean filled() {
    return filled.getCount() == 0;
  }

  /** Waits until the first state has been read; false if it took too long. */
  public boolean awaitFilled(Duration atMost) throws InterruptedException {
    return filled.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void run() {
    while (!closed) {
      try (Watcher<T> opened =
          store.watch(
              new WatchQuery<>(
                  Selection.all(), new WatchQuery.Start.WithState(ReadAt.LATEST, true), true))) {
        watcher = opened;
        follow(opened);
      } catch (StorageException e) {
        log.debug("event=mirror-restarts resource={} cause=\"{}\"", type.plural(), e.getMessage());
        LockSupport.parkNanos(PAUSE.toNanos());
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void follow(Watcher<T> from) throws InterruptedException {
    Map<ObjectKey, T> next = new HashMap<>();
    boolean complete = false;
    while (!closed && !from.closed()) {
      List<WatchEvent<T>> events = from.take(POLL);
      boolean differs = false;
      for (WatchEvent<T> event : events) {
        if (event.type() == WatchEvent.Type.BOOKMARK) {
          differs |= event.initialEventsEnd();
          complete |= event.initialEventsEnd();
          continue;
        }
        T object = event.storedObject().object();
        ObjectKey key =
            new ObjectKey(
                Writes.text(object.metadata().namespace()), Writes.text(object.metadata().name()));
        if (event.type() == WatchEvent.Type.DELETED) {
          next.remove(key);
        } else {
          next.put(key, object);
        }
        differs = true;
      }
      if (complete && differs) {
        objects = Map.copyOf(next);
        changed.run();
        filled.countDown();
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    Watcher<T> current = watcher;
    if (current != null) {
      current.close();
    }
  }
}
