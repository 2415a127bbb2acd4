package dev.tiphys.apiserver.storage;

import dev.tiphys.api.schema.ApiObject;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An object's way from one state to the next, and the events that watchers make of it: each at most
 * once, shared by all. Used under its cache's lock.
 */
final class Transition<T extends ApiObject> {

  private final @Nullable StoredObject<T> before;
  private final @Nullable StoredObject<T> after;
  private final String path;
  private final long revision;
  private final Instant at;
  private @Nullable WatchEvent<T> added;
  private @Nullable WatchEvent<T> modified;
  private @Nullable WatchEvent<T> deleted;

  /**
   * A transition.
   *
   * @param before null if there was none
   * @param after null if there is none
   * @param revision that made it
   * @param at when it was seen
   */
  Transition(
      String path,
      @Nullable StoredObject<T> before,
      @Nullable StoredObject<T> after,
      long revision,
      Instant at) {
    this.path = path;
    this.before = before;
    this.after = after;
    this.revision = revision;
    this.at = at;
  }

  String path() {
    return path;
  }

  @Nullable StoredObject<T> before() {
    return before;
  }

  @Nullable StoredObject<T> after() {
    return after;
  }

  long revision() {
    return revision;
  }

  Instant at() {
    return at;
  }

  /** What it is to a watcher; null if it is nothing to it. */
  @Nullable WatchEvent<T> seenBy(Selection<T> selection) {
    boolean was = before != null && selection.accepts(before.object());
    boolean is = after != null && selection.accepts(after.object());
    if (is) {
      return was ? modified() : added();
    }
    return was ? deleted() : null;
  }

  private WatchEvent<T> added() {
    if (added == null) {
      added = WatchEvent.forAll(WatchEvent.Type.ADDED, after, revision);
    }
    return added;
  }

  private WatchEvent<T> modified() {
    if (modified == null) {
      modified = WatchEvent.forAll(WatchEvent.Type.MODIFIED, after, revision);
    }
    return modified;
  }

  private WatchEvent<T> deleted() {
    if (deleted == null && before != null) {
      deleted = WatchEvent.forAll(WatchEvent.Type.DELETED, before.at(revision), revision);
    }
    if (deleted == null) {
      throw new IllegalStateException("nothing was there to be deleted");
    }
    return deleted;
  }
}
