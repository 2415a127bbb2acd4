package dev.tiphys.store.mvcc;

/** One watch of a session. All mutable state is guarded by the session's lock. */
final class Watcher {
  final long id;
  final WatchGroup group;
  final boolean progress;

  /** The next revision that the client has not been sent. */
  long next;

  /** Live: new revisions arrive through the group. Otherwise they are read from the log. */
  boolean live;

  /** When the client last heard of this watch, in nanoseconds of the session's ticker. */
  long lastSent;

  Watcher(long id, WatchGroup group, boolean progress, long next) {
    this.id = id;
    this.group = group;
    this.progress = progress;
    this.next = next;
  }
}
