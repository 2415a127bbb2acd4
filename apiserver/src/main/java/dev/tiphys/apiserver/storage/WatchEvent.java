package dev.tiphys.apiserver.storage;

import dev.tiphys.api.schema.ApiObject;
import org.jspecify.annotations.Nullable;

/**
 * What a watcher is told. Events and their objects are shared by all watchers, so that an object is
 * encoded once for all of them.
 *
 * @param type what happened, as this watcher sees it
 * @param stored the object after it; of DELETED the state before it under the revision of the
 *     deletion; null of BOOKMARK
 * @param revision everything up to it has been told
 * @param initialEventsEnd of BOOKMARK: it is the one that gets the annotation {@code
 *     k8s.io/initial-events-end}
 */
public record WatchEvent<T extends ApiObject>(
    Type type, @Nullable Stored<T> stored, long revision, boolean initialEventsEnd) {

  /** As in the JSON of a watch. */
  public enum Type {
    ADDED,
    MODIFIED,
    DELETED,
    BOOKMARK
  }

  /** The object of an event that has one. */
  public Stored<T> storedObject() {
    if (stored == null) {
      throw new IllegalStateException("a bookmark has no object");
    }
    return stored;
  }
}
