package dev.tiphys.store.mvcc;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;

/**
 * The watches of a session, by number, by what they want, and by whether they are live. Guarded by
 * the session's lock.
 */
final class Watches {
  private final Map<Long, Watcher> watchers = new LinkedHashMap<>();
  private final Map<WatchGroup.Wish, WatchGroup> groups = new LinkedHashMap<>();

  private final ToLongFunction<Change> bytesBefore;

  /** Those that are not live. */
  private final Set<Watcher> behind = new LinkedHashSet<>();

  private long nextId;

  /** Where watches that are not live go on from, in the log. */
  record Start(WatchGroup group, long next) {}

  /** Takes what tells how many bytes there were before a change. */
  Watches(ToLongFunction<Change> bytesBefore) {
    this.bytesBefore = bytesBefore;
  }

  int count() {
    return watchers.size();
  }

  boolean contains(long id) {
    return watchers.containsKey(id);
  }

  Collection<Watcher> all() {
    return watchers.values();
  }

  /** A number that no watch has. */
  long freeId() {
    while (watchers.containsKey(nextId)) {
      nextId++;
    }
    return nextId++;
  }

  /** Adds a watch, which is not live yet. */
  Watcher add(long id, WatchGroup.Wish wish, boolean progress, long next) {
    var group = groups.computeIfAbsent(wish, WatchGroup::new);
    group.members++;
    var watcher = new Watcher(id, group, progress, next);
    watchers.put(id, watcher);
    behind.add(watcher);
    return watcher;
  }

  /** Forgets a watch; false when there is none of that number. */
  boolean remove(long id) {
    var watcher = watchers.remove(id);
    if (watcher == null) {
      return false;
    }
    behind.remove(watcher);
    var group = watcher.group;
    group.live.remove(watcher);
    if (--group.members == 0) {
      groups.remove(group.wish);
    }
    return true;
  }

  void clear() {
    watchers.clear();
    groups.clear();
    behind.clear();
  }

  /** Puts a change before the live ones; true when any of them wants it. */
  boolean offer(Change change) {
    boolean wanted = false;
    for (var group : groups.values()) {
      var part = group.live.isEmpty() ? null : group.wish.match(change);
      if (part != null) {
        wanted = true;
        // What was before is fetched when it is sent, for all that is pending.
        long before = group.wish.previous() ? bytesBefore.applyAsLong(part) : 0;
        if (!group.add(part, before)) {
          demote(group);
        }
      }
    }
    return wanted;
  }

  /**
   * All that are live go back to the log; those with nothing pending have seen what was offered.
   */
  void demoteAll(long offered) {
    for (var group : groups.values()) {
      if (group.pending.isEmpty()) {
        group.live.forEach(watcher -> watcher.next = Math.max(watcher.next, offered + 1));
      }
      demote(group);
    }
  }

  private void demote(WatchGroup group) {
    behind.addAll(group.live);
    group.demote();
  }

  /** Makes a watch live, if it still is one. */
  void goLive(Watcher watcher) {
    if (behind.remove(watcher)) {
      watcher.live = true;
      watcher.group.live.add(watcher);
    }
  }

  /** True when every watch is live and has nothing pending. */
  boolean isCaughtUp() {
    return behind.isEmpty() && groups.values().stream().allMatch(group -> group.pending.isEmpty());
  }

  /** The groups with something pending. */
  List<WatchGroup> withNews() {
    var found = new ArrayList<WatchGroup>();
    for (var group : groups.values()) {
      if (!group.pending.isEmpty()) {
        found.add(group);
      }
    }
    return found;
  }

  /** Those that are not live. */
  List<Watcher> behind() {
    return new ArrayList<>(behind);
  }

  /** Those of some that are not live, together with the others that go on from the same place. */
  Map<Start, List<Watcher>> starts(List<Watcher> some) {
    var starts = new LinkedHashMap<Start, List<Watcher>>();
    for (var watcher : some) {
      if (behind.contains(watcher)) {
        starts
            .computeIfAbsent(new Start(watcher.group, watcher.next), _ -> new ArrayList<>())
            .add(watcher);
      }
    }
    return starts;
  }
}
