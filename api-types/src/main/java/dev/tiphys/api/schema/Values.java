package dev.tiphys.api.schema;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the unmodifiable collections that records hold. Copies nothing that is already one. */
public final class Values {

  private Values() {}

  /**
   * An unmodifiable list of the same elements; empty for null.
   *
   * @throws NullPointerException if an element is null
   */
  public static <T> List<T> list(@Nullable List<T> list) {
    return list == null ? List.of() : List.copyOf(list);
  }

  /** An unmodifiable map of the same entries in the same order; empty for null. */
  public static <V> Map<String, V> map(@Nullable Map<String, V> map) {
    if (map == null || map.isEmpty()) {
      return Map.of();
    }
    return map instanceof FrozenMap<V> frozen ? frozen : new FrozenMap<>(map);
  }
}
