package dev.tiphys.apiserver.strategy;

import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What rules, admission and authorization may see of other objects: the watch cache, a moment
 * behind the store. Thread-safe, never blocks for long.
 */
public interface ClusterView {

  /**
   * One object.
   *
   * @param namespace empty for kinds without one
   * @return null if the cache does not have it (yet)
   */
  <T extends ApiObject> @Nullable T get(ResourceType<T> type, String namespace, String name);

  /**
   * As {@link #get}, but not before the cache holds every write that was acknowledged when the call
   * began.
   */
  <T extends ApiObject> @Nullable T getFresh(ResourceType<T> type, String namespace, String name);

  /**
   * All objects of a namespace, in the order of their keys.
   *
   * @param namespace empty for all namespaces
   */
  <T extends ApiObject> List<T> list(ResourceType<T> type, String namespace);

  /**
   * As {@link #list}, but not before the cache holds every write that was acknowledged when the
   * call began.
   */
  <T extends ApiObject> List<T> listFresh(ResourceType<T> type, String namespace);
}
