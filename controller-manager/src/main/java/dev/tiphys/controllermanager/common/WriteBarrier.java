package dev.tiphys.controllermanager.common;

import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.client.informer.Informer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a reconciler from deciding on a cache that does not yet show what it has itself just
 * written, which would make it write again. Versions of one resource can be compared as numbers
 * (KEP-5504). Thread-safe.
 *
 * @param <K> what is reconciled
 */
public final class WriteBarrier<K> {

  private final Informer<?> informer;
  private final Map<K, Long> written = new ConcurrentHashMap<>();

  /** Makes a barrier for objects that one informer caches. */
  public WriteBarrier(Informer<?> informer) {
    this.informer = informer;
  }

  /** Notes an object as the API server returned it. */
  public void wrote(K key, ApiObject stored) {
    written.merge(key, number(stored.metadata().resourceVersion()), Math::max);
  }

  /** Whether the cache shows all that was written for a key. */
  public boolean seen(K key) {
    Long needed = written.get(key);
    if (needed == null) {
      return true;
    }
    if (number(informer.resourceVersion()) < needed) {
      return false;
    }
    written.remove(key, needed);
    return true;
  }

  /** Forgets a key that is no more. */
  public void forget(K key) {
    written.remove(key);
  }

  private static long number(@Nullable String version) {
    try {
      return version == null || version.isEmpty() ? 0 : Long.parseLong(version);
    } catch (NumberFormatException opaque) {
      return 0;
    }
  }
}
