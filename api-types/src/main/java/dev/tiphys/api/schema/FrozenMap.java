package dev.tiphys.api.schema;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An unmodifiable map in insertion order, known by its class so that copies of it cost nothing.
 * Most maps of the API are a handful of labels or quantities, held in caches by the thousand: keys
 * and values lie in one array, searched from end to end, and only larger maps get an index.
 */
final class FrozenMap<V> extends AbstractMap<String, V> {

  /** Up to here a search is as fast as hashing. */
  private static final int UNINDEXED = 8;

  /** Key, value, key, value. */
  private final Object[] pairs;

  private final @Nullable Map<String, V> index;

  FrozenMap(Map<String, V> source) {
    Object[] pairs = new Object[2 * source.size()];
    int next = 0;
    for (Map.Entry<String, V> entry : source.entrySet()) {
      pairs[next++] = Objects.requireNonNull(entry.getKey());
      pairs[next++] = Objects.requireNonNull(entry.getValue());
    }
    this.pairs = pairs;
    this.index = source.size() > UNINDEXED ? new HashMap<>(source) : null;
  }

  @Override
  @SuppressWarnings("unchecked")
  public @Nullable V get(@Nullable Object key) {
    if (index != null) {
      return index.get(key);
    }
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i].equals(key)) {
        return (V) pairs[i + 1];
      }
    }
    return null;
  }

  @Override
  public boolean containsKey(@Nullable Object key) {
    return get(key) != null;
  }

  @Override
  public int size() {
    return pairs.length / 2;
  }

  @Override
  public Set<Map.Entry<String, V>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public int size() {
        return FrozenMap.this.size();
      }

      @Override
      public Iterator<Map.Entry<String, V>> iterator() {
        return new Entries();
      }
    };
  }

  /** Made anew each time: the one of {@link AbstractMap} would be kept in every map. */
  @Override
  public Set<String> keySet() {
    return new AbstractSet<>() {
      @Override
      public int size() {
        return FrozenMap.this.size();
      }

      @Override
      public boolean contains(@Nullable Object key) {
        return containsKey(key);
      }

      @Override
      public Iterator<String> iterator() {
        return new Keys();
      }
    };
  }

  private final class Keys implements Iterator<String> {

    private int next;

    @Override
    public boolean hasNext() {
      return next < pairs.length;
    }

    @Override
    public String next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      String key = (String) pairs[next];
      next += 2;
      return key;
    }
  }

  private final class Entries implements Iterator<Map.Entry<String, V>> {

    private int next;

    @Override
    public boolean hasNext() {
      return next < pairs.length;
    }

    @Override
    @SuppressWarnings("unchecked")
    public Map.Entry<String, V> next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      String key = (String) pairs[next];
      V value = (V) pairs[next + 1];
      next += 2;
      return Map.entry(key, value);
    }
  }
}
