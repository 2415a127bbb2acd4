package dev.tiphys.apiserver.outbound;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Answers of others, kept for a while; when there are too many, those that nobody asked for longest
 * go. Thread-safe.
 */
public final class ExpiringCache<K, V> {

  private record Kept<V>(V value, Instant until) {}

  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<K, Kept<V>> kept;

  /**
   * An empty cache.
   *
   * @param most entries
   */
  public ExpiringCache(int most, InstantSource clock) {
    this.clock = clock;
    this.kept =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<K, Kept<V>> eldest) {
            return size() > most;
          }
        };
  }

  /** What is kept and still holds; null if there is nothing. */
  public @Nullable V get(K key) {
    Instant now = clock.instant();
    lock.lock();
    try {
      Kept<V> found = kept.get(key);
      if (found == null) {
        return null;
      }
      if (!now.isBefore(found.until())) {
        kept.remove(key);
        return null;
      }
      return found.value();
    } finally {
      lock.unlock();
    }
  }

  /** Keeps an answer; not at all if it is for no time. */
  public void put(K key, V value, Duration how) {
    if (how.isZero() || how.isNegative()) {
      return;
    }
    Instant until = clock.instant().plus(how);
    lock.lock();
    try {
      kept.put(key, new Kept<>(value, until));
    } finally {
      lock.unlock();
    }
  }
}
