package dev.tiphys.apiserver.storage;

/**
 * An object's place among those of its resource.
 *
 * @param namespace empty for resources without namespaces
 * @param name of the object
 */
public record ObjectKey(String namespace, String name) {

  /** The key of an object of a resource without namespaces. */
  public static ObjectKey clusterScoped(String name) {
    return new ObjectKey("", name);
  }

  /** What follows the resource's prefix in the store: {@code default/web} or {@code node-1}. */
  public String path() {
    return namespace.isEmpty() ? name : namespace + "/" + name;
  }

  @Override
  public String toString() {
    return path();
  }
}
