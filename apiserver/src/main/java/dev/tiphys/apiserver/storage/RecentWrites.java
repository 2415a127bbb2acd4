package dev.tiphys.apiserver.storage;

import dev.tiphys.api.schema.ApiObject;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Objects that this process has just written, until the store's watch brings them back: they need
 * not be decoded then. Thread-safe.
 */
final class RecentWrites<T extends ApiObject> {

  private final ConcurrentHashMap<String, StoredObject<T>> waiting = new ConcurrentHashMap<>();

  /** Keeps what was written. */
  void add(StoredObject<T> written) {
    waiting.merge(written.path(), written, (a, b) -> a.revision() > b.revision() ? a : b);
  }

  /** Lets go of what was written, if nothing newer was. */
  void discard(StoredObject<T> written) {
    waiting.remove(written.path(), written);
  }

  /** What was written at a revision, or null; anything older is let go. */
  @Nullable StoredObject<T> take(String path, long revision) {
    StoredObject<T> found = waiting.get(path);
    if (found == null || found.revision() > revision) {
      return null;
    }
    waiting.remove(path, found);
    return found.revision() == revision ? found : null;
  }
}
