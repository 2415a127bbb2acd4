package dev.tiphys.client;

import dev.tiphys.api.schema.ApiObject;
import org.jspecify.annotations.Nullable;

/**
 * What names an object among those of its kind.
 *
 * @param namespace empty for cluster-wide objects
 * @param name the object's name
 */
public record ObjectKey(String namespace, String name) implements Comparable<ObjectKey> {

  /** The key of an object. */
  public static ObjectKey of(ApiObject object) {
    return of(object.metadata().namespace(), object.metadata().name());
  }

  /** The key for a namespace and name as metadata has them; null counts as empty. */
  public static ObjectKey of(@Nullable String namespace, @Nullable String name) {
    return new ObjectKey(namespace == null ? "" : namespace, name == null ? "" : name);
  }

  @Override
  public int compareTo(ObjectKey other) {
    int byNamespace = namespace.compareTo(other.namespace);
    return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
  }

  /** {@code namespace/name}, or only the name for cluster-wide objects. */
  @Override
  public String toString() {
    return namespace.isEmpty() ? name : namespace + "/" + name;
  }
}
