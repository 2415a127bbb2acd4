package dev.tiphys.client.informer;

import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.client.ObjectKey;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a cache knows. Read-only, thread-safe, never blocks. */
public interface Lister<T extends ApiObject> {

  /** The object of a key, or null. */
  @Nullable T get(ObjectKey key);

  /** The object of a namespace and name, or null. */
  default @Nullable T get(@Nullable String namespace, String name) {
    return get(ObjectKey.of(namespace, name));
  }

  /** All objects: a view of the moment, in no order. */
  Collection<T> all();

  /** The objects of a namespace. */
  List<T> inNamespace(@Nullable String namespace);

  /** How many objects there are. */
  int size();
}
