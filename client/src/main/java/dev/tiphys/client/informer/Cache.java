package dev.tiphys.client.informer;

import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.client.ObjectKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Objects by key, with indexes. It owns its lock: writers hold it, index readers hold it for the
 * copying of a bucket, readers by key do without.
 */
final class Cache<T extends ApiObject> implements Lister<T> {

  private final Map<ObjectKey, T> objects = new ConcurrentHashMap<>();
  private final List<CacheIndex<?>> indexes = new ArrayList<>();
  private final Index<String, T> byNamespace;

  Cache(boolean namespaced) {
    byNamespace =
        namespaced
            ? index(object -> List.of(ObjectKey.of(object).namespace()))
            : new EverythingIndex();
  }

  /** Adds an index, over what is there and what comes. */
  synchronized <K> Index<K, T> index(Function<? super T, ? extends Collection<K>> valuesOf) {
    CacheIndex<K> index = new CacheIndex<>(valuesOf);
    objects.forEach(index::add);
    indexes.add(index);
    return index;
  }

  /** Puts an object and returns what was there before. */
  synchronized @Nullable T put(ObjectKey key, T object) {
    T before = objects.put(key, object);
    for (CacheIndex<?> index : indexes) {
      index.replace(key, before, object);
    }
    return before;
  }

  /** Removes an object and returns it. */
  synchronized @Nullable T remove(ObjectKey key) {
    T before = objects.remove(key);
    if (before != null) {
      for (CacheIndex<?> index : indexes) {
        index.replace(key, before, null);
      }
    }
    return before;
  }

  /** The keys of the moment. */
  Set<ObjectKey> keys() {
    return Set.copyOf(objects.keySet());
  }

  @Override
  public @Nullable T get(ObjectKey key) {
    return objects.get(key);
  }

  @Override
  public Collection<T> all() {
    return new ArrayList<>(objects.values());
  }

  @Override
  public List<T> inNamespace(@Nullable String namespace) {
    return byNamespace.get(namespace == null ? "" : namespace);
  }

  @Override
  public int size() {
    return objects.size();
  }

  /** For cluster-wide resources, whose one namespace is empty: no buckets to pay for. */
  private final class EverythingIndex implements Index<String, T> {
    @Override
    public List<T> get(String value) {
      return value.isEmpty() ? List.copyOf(objects.values()) : List.of();
    }

    @Override
    public Set<String> values() {
      return Set.of("");
    }
  }

  private final class CacheIndex<K> implements Index<K, T> {

    private final Function<? super T, ? extends Collection<K>> valuesOf;
    private final Map<K, Map<ObjectKey, T>> buckets = new HashMap<>();

    CacheIndex(Function<? super T, ? extends Collection<K>> valuesOf) {
      this.valuesOf = valuesOf;
    }

    void add(ObjectKey key, T object) {
      replace(key, null, object);
    }

    void replace(ObjectKey key, @Nullable T before, @Nullable T after) {
      if (before != null) {
        for (K value : valuesOf.apply(before)) {
          Map<ObjectKey, T> bucket = buckets.get(value);
          if (bucket != null && bucket.remove(key) != null && bucket.isEmpty()) {
            buckets.remove(value);
          }
        }
      }
      if (after != null) {
        for (K value : valuesOf.apply(after)) {
          buckets.computeIfAbsent(value, any -> new LinkedHashMap<>(4)).put(key, after);
        }
      }
    }

    @Override
    public List<T> get(K value) {
      synchronized (Cache.this) {
        Map<ObjectKey, T> bucket = buckets.get(value);
        return bucket == null ? List.of() : List.copyOf(bucket.values());
      }
    }

    @Override
    public Set<K> values() {
      synchronized (Cache.this) {
        return Set.copyOf(buckets.keySet());
      }
    }
  }
}
