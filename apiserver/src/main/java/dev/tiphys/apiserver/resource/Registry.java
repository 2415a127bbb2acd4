package dev.tiphys.apiserver.resource;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All resources that are served, found by group, version and name. Immutable and thread-safe. */
public final class Registry {

  private record Key(String group, String version, String plural) {}

  private final List<ServedResource<?>> all;
  private final Map<Key, ServedResource<?>> byPath;

  /**
   * Lists the resources in the order in which discovery names them.
   *
   * @throws IllegalArgumentException if two share group, version and name
   */
  public Registry(List<ServedResource<?>> resources) {
    this.all = List.copyOf(resources);
    this.byPath = HashMap.newHashMap(all.size());
    for (ServedResource<?> resource : all) {
      Key key =
          new Key(resource.type().group(), resource.type().version(), resource.type().plural());
      if (byPath.put(key, resource) != null) {
        throw new IllegalArgumentException("served twice: " + key);
      }
    }
  }

  /** These resources and more. */
  public Registry with(List<ServedResource<?>> more) {
    List<ServedResource<?>> both = new ArrayList<>(all);
    both.addAll(more);
    return new Registry(both);
  }

  /** All resources. */
  public List<ServedResource<?>> all() {
    return all;
  }

  /** One resource, or null if it is not served. */
  public @Nullable ServedResource<?> find(String group, String version, String plural) {
    return byPath.get(new Key(group, version, plural));
  }
}
