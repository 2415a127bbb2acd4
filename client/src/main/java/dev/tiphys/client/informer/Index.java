package dev.tiphys.client.informer;

import dev.tiphys.api.schema.ApiObject;
import java.util.List;
import java.util.Set;

/**
 * A second way into a cache: the objects that have a certain value. Thread-safe, never blocks; it
 * changes together with its cache.
 *
 * @param <K> the values, with equals and hashCode
 */
public interface Index<K, T extends ApiObject> {

  /** The objects that have a value, in no order; empty if none. */
  List<T> get(K value);

  /** The values that some object has, as of the moment. */
  Set<K> values();
}
