package dev.tiphys.store.mvcc;

import dev.tiphys.store.rpc.WatchCreateRequest;
import dev.tiphys.store.rpc.WatchCreateRequest.FilterType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One watch of a session. All mutable state is guarded by the session's lock. */
final class Watcher {
  final long id;
  final KeyRange range;
  final boolean previous;
  final boolean progress;
  final boolean fragment;
  private final boolean puts;
  private final boolean deletes;

  /** The next revision that the client has not been sent. */
  long next;

  /** Live: new revisions arrive in {@link #pending}. Otherwise they are read from the log. */
  boolean live;

  final ArrayDeque<Change> pending = new ArrayDeque<>();

  /** When the client last heard of this watch, in nanoseconds of the session's ticker. */
  long lastSent;

  Watcher(long id, KeyRange range, WatchCreateRequest request, long next) {
    this.id = id;
    this.range = range;
    this.previous = request.getPrevKv();
    this.progress = request.getProgressNotify();
    this.fragment = request.getFragment();
    this.puts = !request.getFiltersList().contains(FilterType.NOPUT);
    this.deletes = !request.getFiltersList().contains(FilterType.NODELETE);
    this.next = next;
  }

  /** The part of a change that this watch is about; null when it is none. */
  @Nullable Change match(Change change) {
    List<Change.KeyEvent> kept = null;
    for (var event : change.events()) {
      if ((event.isDelete() ? deletes : puts) && range.contains(event.key())) {
        if (kept == null) {
          kept = new ArrayList<>();
        }
        kept.add(event);
      }
    }
    if (kept == null) {
      return null;
    }
    return kept.size() == change.events().size() ? change : new Change(change.revision(), kept);
  }

  /** Back to reading from the log, from the first revision not sent. */
  void demote() {
    if (!pending.isEmpty()) {
      next = Math.max(next, pending.getFirst().revision());
      pending.clear();
    }
    live = false;
  }
}
