package dev.tiphys.store.mvcc;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Finds histories by key while a log is read: by hash, for comparing each key with those on the way
 * to it would be most of the work of a start. For one thread.
 */
final class KeyTable {
  private final Map<Key, KeyHistory> histories = new HashMap<>();

  /** Comparable, so that keys made to have one hash are still found quickly. */
  private record Key(byte[] bytes) implements Comparable<Key> {
    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key key && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int compareTo(Key other) {
      return Arrays.compareUnsigned(bytes, other.bytes);
    }
  }

  /** The history of a key; an empty one when it has none yet. */
  KeyHistory of(byte[] key) {
    return histories.computeIfAbsent(new Key(key), k -> new KeyHistory(k.bytes));
  }

  /** Moves everything into an index. */
  void into(KeyIndex index) {
    var all = histories.values().toArray(KeyHistory[]::new);
    histories.clear();
    Arrays.sort(all, (a, b) -> Arrays.compareUnsigned(a.key(), b.key()));
    for (var history : all) {
      index.add(history);
    }
  }
}
