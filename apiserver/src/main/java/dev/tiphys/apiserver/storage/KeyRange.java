package dev.tiphys.apiserver.storage;

import org.jspecify.annotations.Nullable;

/**
 * The paths that a selection can mean.
 *
 * @param from inclusive
 * @param to exclusive; null for no end
 */
record KeyRange(String from, @Nullable String to) {

  static KeyRange of(Selection<?> selection, boolean namespaced) {
    String namespace = selection.namespace();
    String name = selection.name();
    if (name != null && (!namespaced || namespace != null)) {
      String path = new ObjectKey(namespace == null ? "" : namespace, name).path();
      return new KeyRange(path, path + '\0');
    }
    if (namespaced && namespace != null) {
      return new KeyRange(namespace + "/", WatchCache.prefixEnd(namespace + "/"));
    }
    return new KeyRange("", null);
  }

  /** What of it remains from a path on. */
  KeyRange startingAt(String path) {
    return path.compareTo(from) > 0 ? new KeyRange(path, to) : this;
  }
}
