package dev.tiphys.api.schema;

import java.util.AbstractMap;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An unmodifiable map in insertion order, known by its class so that copies of it cost nothing. */
final class FrozenMap<V> extends AbstractMap<String, V> {

  private final Map<String, V> entries;

  FrozenMap(Map<String, V> source) {
    this.entries = Collections.unmodifiableMap(new LinkedHashMap<>(source));
  }

  @Override
  public @Nullable V get(@Nullable Object key) {
    return entries.get(key);
  }

  @Override
  public boolean containsKey(@Nullable Object key) {
    return entries.containsKey(key);
  }

  @Override
  public int size() {
    return entries.size();
  }

  @Override
  public Set<Map.Entry<String, V>> entrySet() {
    return entries.entrySet();
  }
}
