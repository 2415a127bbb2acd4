package dev.tiphys.store.mvcc;

import dev.tiphys.store.rpc.WatchCreateRequest;
import dev.tiphys.store.rpc.WatchCreateRequest.FilterType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The watches of one session that want the very same: each change is matched, kept and encoded once
 * for all of them. All mutable state is guarded by the session's lock.
 */
final class WatchGroup {
  final Wish wish;

  /** Changes, and bytes of them, that a group may be behind before it goes back to the log. */
  private static final int MAX_PENDING = 1024;

  private static final int MAX_PENDING_BYTES = 4 << 20;

  /** Changes that the live ones among the watches are to be sent, oldest first. */
  final ArrayDeque<Change> pending = new ArrayDeque<>();

  private long pendingBytes;

  /** Those that are live. */
  final Set<Watcher> live = new LinkedHashSet<>();

  /** How many watches there are, live or not. */
  int members;

  /** What a watch wants. */
  record Wish(KeyRange range, boolean previous, boolean fragment, boolean puts, boolean deletes) {
    static Wish of(KeyRange range, WatchCreateRequest request) {
      return new Wish(
          range,
          request.getPrevKv(),
          request.getFragment(),
          !request.getFiltersList().contains(FilterType.NOPUT),
          !request.getFiltersList().contains(FilterType.NODELETE));
    }

    /** The part of a change that is wanted; null when it is none. */
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

    /** The wanted parts of changes. */
    List<Change> match(List<Change> changes) {
      var wanted = new ArrayList<Change>();
      for (var change : changes) {
        var part = match(change);
        if (part != null) {
          wanted.add(part);
        }
      }
      return wanted;
    }
  }

  WatchGroup(Wish wish) {
    this.wish = wish;
  }

  /**
   * Adds what is to be sent; false when it is more than may be kept for those who are slow.
   *
   * @param more bytes that will be sent with it
   */
  boolean add(Change change, long more) {
    pending.add(change);
    pendingBytes += change.bytes() + more;
    return pending.size() <= MAX_PENDING && pendingBytes <= MAX_PENDING_BYTES;
  }

  /** Takes all that is to be sent. */
  List<Change> take() {
    var taken = new ArrayList<>(pending);
    pending.clear();
    pendingBytes = 0;
    return taken;
  }

  /** All go back to reading from the log, each from the first revision that it was not sent. */
  void demote() {
    for (var watcher : live) {
      if (!pending.isEmpty()) {
        watcher.next = Math.max(watcher.next, pending.getFirst().revision());
      }
      watcher.live = false;
    }
    live.clear();
    pending.clear();
    pendingBytes = 0;
  }
}
