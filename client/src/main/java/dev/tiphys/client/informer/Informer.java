package dev.tiphys.client.informer;

import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.client.ObjectKey;
import dev.tiphys.client.ResourceClient;
import dev.tiphys.client.WatchEvent;
import dev.tiphys.client.environment.Environment;
import dev.tiphys.client.informer.EventHandler.Added;
import dev.tiphys.client.informer.EventHandler.Change;
import dev.tiphys.client.informer.EventHandler.Deleted;
import dev.tiphys.client.informer.EventHandler.Updated;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A cache of the objects of one resource that lists and watches until it is closed, and tells
 * handlers what changed.
 *
 * <p>Thread-safe. Handlers are called one at a time, in the order of the changes, by the task that
 * reads the watch.
 */
public final class Informer<T extends ApiObject> implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Informer.class);

  private final ResourceClient<T> resource;
  private final Environment environment;
  private final UnaryOperator<T> transform;
  private final Reflector<T> reflector;
  private final Cache<T> cache;
  private final Object lock = new Object();
  private final List<EventHandler<T>> handlers = new ArrayList<>();
  private final List<Runnable> whenSynced = new ArrayList<>();
  private volatile String resourceVersion = "";
  private boolean synced;
  private Environment.@Nullable Task running;

  /**
   * Makes an informer; nothing happens before {@link #start}.
   *
   * @param resource what to list and watch, with its namespace
   * @param selection selectors, and what to strip from objects before they are kept
   */
  public Informer(ResourceClient<T> resource, Selection<T> selection, Environment environment) {
    this.resource = resource;
    this.environment = environment;
    this.transform = selection.transform();
    this.cache = new Cache<>(resource.type().namespaced());
    this.reflector = new Reflector<>(resource, selection, environment, new CacheSink());
  }

  /**
   * What part of a resource is cached.
   *
   * @param labelSelector null for all
   * @param fieldSelector null for all
   * @param transform applied to each object before it is kept; it must keep name, namespace, uid
   *     and resource version
   */
  public record Selection<T extends ApiObject>(
      @Nullable String labelSelector, @Nullable String fieldSelector, UnaryOperator<T> transform) {

    /** All objects, without their {@code managedFields}, which no controller reads. */
    public static <T extends ApiObject> Selection<T> all() {
      return new Selection<>(null, null, Selection::withoutManagedFields);
    }

    /** Only objects whose labels match. */
    public Selection<T> withLabels(String selector) {
      return new Selection<>(selector, fieldSelector, transform);
    }

    /** Only objects whose fields match. */
    public Selection<T> withFields(String selector) {
      return new Selection<>(labelSelector, selector, transform);
    }

    /** With something more done to each object before it is kept. */
    public Selection<T> withTransform(UnaryOperator<T> further) {
      return new Selection<>(
          labelSelector, fieldSelector, object -> further.apply(transform.apply(object)));
    }

    @SuppressWarnings("unchecked")
    private static <T extends ApiObject> T withoutManagedFields(T object) {
      return object.metadata().managedFields().isEmpty()
          ? object
          : (T) object.withMetadata(object.metadata().withManagedFields(List.of()));
    }
  }

  /** Starts to list and watch; does nothing if it was started before. */
  public void start() {
    synchronized (lock) {
      if (running == null) {
        running = environment.execute("informer-" + resource.type().plural(), reflector);
      }
    }
  }

  /** The resource that is cached. */
  public ResourceType<?> type() {
    return resource.type();
  }

  /** Reads the cache. */
  public Lister<T> lister() {
    return cache;
  }

  /**
   * Adds an index by values that a function finds in an object. Cheapest before the start.
   *
   * @param valuesOf pure; an empty collection leaves the object out
   */
  public <K> Index<K, T> index(Function<? super T, ? extends Collection<K>> valuesOf) {
    return cache.index(valuesOf);
  }

  /** Adds a handler. It first hears of what is cached already, as initial additions. */
  public void addHandler(EventHandler<T> handler) {
    synchronized (lock) {
      handlers.add(handler);
      for (T object : cache.all()) {
        call(handler, new Added<>(object, true));
      }
    }
  }

  /** Whether the cache has been complete once, and all handlers have heard of it. */
  public boolean hasSynced() {
    synchronized (lock) {
      return synced;
    }
  }

  /** Runs something once the cache has been complete, at once if it has. It must not block. */
  public void whenSynced(Runnable action) {
    synchronized (lock) {
      if (!synced) {
        whenSynced.add(action);
        return;
      }
    }
    action.run();
  }

  /**
   * Blocks until the cache has been complete once.
   *
   * @return false if that took longer than the timeout
   * @throws InterruptedException if the calling task is cancelled
   */
  public boolean awaitSync(Duration timeout) throws InterruptedException {
    Duration deadline = environment.uptime().plus(timeout);
    while (!hasSynced()) {
      if (environment.uptime().compareTo(deadline) >= 0) {
        return false;
      }
      environment.sleep(Duration.ofMillis(5));
    }
    return true;
  }

  /**
   * The version that the cache has reached; empty before the first list. A handler that hears of a
   * change finds at least the version of that change here.
   */
  public String resourceVersion() {
    return resourceVersion;
  }

  /** Stops; the cache stays as it is. */
  @Override
  public void close() {
    synchronized (lock) {
      if (running != null) {
        running.cancel();
      }
    }
  }

  private void call(EventHandler<T> handler, Change<T> change) {
    try {
      handler.handle(change);
    } catch (RuntimeException defect) {
      log.error(
          "event=handler-failed resource={} object={}",
          resource.type().plural(),
          ObjectKey.of(change.object()),
          defect);
    }
  }

  private void tell(Change<T> change) {
    for (EventHandler<T> handler : handlers) {
      call(handler, change);
    }
  }

  /** Where the reflector's news goes. */
  private final class CacheSink implements Reflector.Sink<T> {

    @Override
    public void replace(List<T> objects, String version) {
      List<Runnable> actions = List.of();
      synchronized (lock) {
        Set<ObjectKey> gone = new HashSet<>(cache.keys());
        for (T object : objects) {
          gone.remove(ObjectKey.of(object));
          put(object, !synced, "");
        }
        for (ObjectKey key : gone) {
          T before = cache.remove(key);
          if (before != null) {
            tell(new Deleted<>(before, true));
          }
        }
        resourceVersion = version;
        if (!synced) {
          synced = true;
          actions = List.copyOf(whenSynced);
          whenSynced.clear();
        }
      }
      actions.forEach(Runnable::run);
    }

    @Override
    public void apply(WatchEvent<T> event) {
      synchronized (lock) {
        String version = event.resourceVersion();
        switch (event) {
          case WatchEvent.Added<T>(T object) -> put(object, false, version);
          case WatchEvent.Modified<T>(T object) -> put(object, false, version);
          case WatchEvent.Deleted<T>(T object) -> {
            T last = transform.apply(object);
            T before = cache.remove(ObjectKey.of(object));
            reached(version);
            if (before != null) {
              tell(new Deleted<>(last, false));
            }
          }
          case WatchEvent.Bookmark<T> _ -> reached(version);
        }
      }
    }

    private void reached(String version) {
      if (!version.isEmpty()) {
        resourceVersion = version;
      }
    }

    private void put(T object, boolean initial, String version) {
      T kept = transform.apply(object);
      ObjectKey key = ObjectKey.of(kept);
      T before = cache.put(key, kept);
      reached(version);
      if (before == null) {
        tell(new Added<>(kept, initial));
      } else if (!Objects.equals(before.metadata().uid(), kept.metadata().uid())) {
        tell(new Deleted<>(before, true));
        tell(new Added<>(kept, false));
      } else if (!Objects.equals(
          before.metadata().resourceVersion(), kept.metadata().resourceVersion())) {
        tell(new Updated<>(before, kept));
      }
    }
  }
}
