package dev.tiphys.apiserver.storage;

import dev.tiphys.api.schema.ApiObject;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The watchers of a resource, filed under the narrowest thing that they watch, so that an event is
 * only shown to those that it may concern. Used under its cache's lock.
 */
final class WatcherIndex<T extends ApiObject> {

  private final @Nullable Function<T, String> indexed;
  private final boolean namespaced;
  private final Set<QueueWatcher<T>> all = new LinkedHashSet<>();
  private final Map<String, Set<QueueWatcher<T>>> byPath = new HashMap<>();
  private final Map<String, Set<QueueWatcher<T>>> byIndex = new HashMap<>();
  private final Map<String, Set<QueueWatcher<T>>> byNamespace = new HashMap<>();

  WatcherIndex(@Nullable Function<T, String> indexed, boolean namespaced) {
    this.indexed = indexed;
    this.namespaced = namespaced;
  }

  void add(QueueWatcher<T> watcher) {
    file(watcher, (map, key) -> map.computeIfAbsent(key, _ -> new LinkedHashSet<>()).add(watcher));
  }

  void remove(QueueWatcher<T> watcher) {
    file(
        watcher,
        (map, key) ->
            map.computeIfPresent(
                key,
                (_, set) -> {
                  set.remove(watcher);
                  return set.isEmpty() ? null : set;
                }));
    all.remove(watcher);
  }

  private interface Filing<T extends ApiObject> {
    void in(Map<String, Set<QueueWatcher<T>>> map, String key);
  }

  private void file(QueueWatcher<T> watcher, Filing<T> filing) {
    Selection<T> selection = watcher.selection();
    String namespace = selection.namespace();
    String name = selection.name();
    String indexValue = selection.indexValue();
    if (name != null && (!namespaced || namespace != null)) {
      filing.in(byPath, new ObjectKey(namespace == null ? "" : namespace, name).path());
    } else if (indexed != null && indexValue != null) {
      filing.in(byIndex, indexValue);
    } else if (namespaced && namespace != null) {
      filing.in(byNamespace, namespace);
    } else {
      all.add(watcher);
    }
  }

  /** Shows a transition to all whom it may concern. */
  void dispatch(Transition<T> transition) {
    show(all, transition);
    show(byPath.get(transition.path()), transition);
    if (namespaced && !byNamespace.isEmpty()) {
      int slash = transition.path().indexOf('/');
      show(byNamespace.get(transition.path().substring(0, Math.max(0, slash))), transition);
    }
    if (indexed != null && !byIndex.isEmpty()) {
      String before = value(indexed, transition.before());
      String after = value(indexed, transition.after());
      if (before != null) {
        show(byIndex.get(before), transition);
      }
      if (after != null && !after.equals(before)) {
        show(byIndex.get(after), transition);
      }
    }
  }

  private static <T extends ApiObject> @Nullable String value(
      Function<T, String> indexed, @Nullable StoredObject<T> stored) {
    return stored == null ? null : indexed.apply(stored.object());
  }

  private static <T extends ApiObject> void show(
      @Nullable Set<QueueWatcher<T>> watchers, Transition<T> transition) {
    if (watchers == null) {
      return;
    }
    for (QueueWatcher<T> watcher : watchers) {
      WatchEvent<T> event = transition.seenBy(watcher.selection());
      if (event != null) {
        watcher.offer(event);
      }
    }
  }

  /** Does something with every watcher. */
  void forEach(Consumer<QueueWatcher<T>> each) {
    all.forEach(each);
    byPath.values().forEach(set -> set.forEach(each));
    byIndex.values().forEach(set -> set.forEach(each));
    byNamespace.values().forEach(set -> set.forEach(each));
  }
}
