package dev.tiphys.store.mvcc;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * All keys in byte order, each with its history. One thread writes, any thread reads and iterates
 * meanwhile.
 */
final class KeyIndex {
  private final ConcurrentSkipListMap<byte[], KeyHistory> histories =
      new ConcurrentSkipListMap<>(Arrays::compareUnsigned);

  @Nullable KeyHistory get(byte[] key) {
    return histories.get(key);
  }

  /** The histories of a range, in order of key. */
  Iterable<KeyHistory> in(KeyRange range) {
    if (range.isEmpty()) {
      return List.of();
    }
    var from = histories.tailMap(range.from(), true).values();
    var to = range.to();
    return to == null ? from : () -> new Stretch(from.iterator(), to);
  }

  Collection<KeyHistory> all() {
    return histories.values();
  }

  /** Adds a history found in the log. */
  void add(KeyHistory history) {
    histories.put(history.key(), history);
  }

  /** Adds a put; {@code known} is what {@link #get} just told of the key. */
  KeyHistory put(
      @Nullable KeyHistory known,
      byte[] key,
      long revision,
      long place,
      int length,
      long createRevision,
      long version,
      long lease) {
    if (known != null && known.put(revision, place, length, createRevision, version, lease)) {
      return known;
    }
    var history = new KeyHistory(key);
    history.put(revision, place, length, createRevision, version, lease);
    histories.put(key, history);
    return history;
  }

  /** Forgets what nobody may ask for after a compaction. Runs beside readers and the writer. */
  void compact(long revision) {
    for (var history : histories.values()) {
      if (history.compact(revision)) {
        histories.remove(history.key(), history);
      }
    }
  }
}
