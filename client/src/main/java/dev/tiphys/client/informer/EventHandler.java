package dev.tiphys.client.informer;

import dev.tiphys.api.schema.ApiObject;
import org.jspecify.annotations.Nullable;

/**
 * Hears of changes in a cache, one after the other, after the cache has them.
 *
 * <p>A handler must be quick and must not block or call the API: it notes a key and returns. One
 * that throws is logged and the next event goes on. Missed intermediate states are normal.
 */
@FunctionalInterface
public interface EventHandler<T extends ApiObject> {

  /** What happened. */
  void handle(Change<T> change);

  /** A change of one object in the cache. */
  sealed interface Change<T extends ApiObject> {

    /** The newest known state: the last one, for a deletion. */
    T object();

    /** The state before, or null for an addition. */
    @Nullable T before();
  }

  /**
   * An object is new to the cache.
   *
   * @param initial whether it was there before the cache was complete, or before the handler
   */
  record Added<T extends ApiObject>(T object, boolean initial) implements Change<T> {
    @Override
    public @Nullable T before() {
      return null;
    }
  }

  /** An object is in another state than before. */
  record Updated<T extends ApiObject>(T before, T object) implements Change<T> {}

  /**
   * An object is gone.
   *
   * @param object its last known state
   * @param finalStateUnknown whether the deletion itself was missed, so that the object may have
   *     changed, or have been replaced, after this state
   */
  record Deleted<T extends ApiObject>(T object, boolean finalStateUnknown) implements Change<T> {
    @Override
    public T before() {
      return object;
    }
  }
}
