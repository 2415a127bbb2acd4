package dev.tiphys.store.mvcc;

import com.google.protobuf.UnsafeByteOperations;
import dev.tiphys.store.rpc.KeyValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what happened, out of the index and the log. Any thread. */
final class History {
  private final KeyIndex index;
  private final Records records;
  private final SystemState system;

  private record Found(KeyHistory history, KeyHistory.Version version) {}

  History(KeyIndex index, Records records, SystemState system) {
    this.index = index;
    this.records = records;
    this.system = system;
  }

  /** The key-value before a revision; null when there was none, or it was compacted. */
  @Nullable KeyValue previous(byte[] key, long before) throws IOException {
    if (before - 1 < system.compacted()) {
      return null; // also while the record is still there: all members answer alike
    }
    var history = index.get(key);
    return history == null ? null : records.at(history, before - 1);
  }

  /**
   * The changes to a range of keys in [from, to], oldest first: whole revisions, about {@code
   * limit} events.
   *
   * @throws StoreException {@link StoreError#COMPACTED}
   */
  List<Change> changes(KeyRange range, long from, long to, int limit) throws IOException {
    needHistory(from);
    var found = new ArrayList<Found>();
    for (var history : index.in(range)) {
      KeyHistory.Version version;
      for (int n = 0; (version = history.within(from, to, n)) != null; n++) {
        found.add(new Found(history, version));
      }
    }
    // Within a revision all records lie in one segment, in the order in which they happened.
    found.sort(
        Comparator.<Found>comparingLong(f -> f.version.revision())
            .thenComparingLong(f -> f.version.place()));
    var changes = new ArrayList<Change>();
    List<Change.KeyEvent> events = List.of();
    long current = 0;
    int count = 0;
    for (var f : found) {
      if (f.version.revision() != current) {
        if (count >= limit) {
          break;
        }
        current = f.version.revision();
        events = new ArrayList<>();
        changes.add(new Change(current, events));
      }
      events.add(event(f.history, f.version));
      count++;
    }
    needHistory(from); // it may have been compacted while we read
    return changes;
  }

  private void needHistory(long from) {
    if (from < system.compacted()) {
      throw StoreError.COMPACTED.exception();
    }
  }

  private Change.KeyEvent event(KeyHistory history, KeyHistory.Version version) throws IOException {
    if (version.deleted()) {
      var key = UnsafeByteOperations.unsafeWrap(history.key());
      return Change.KeyEvent.delete(history.key(), Records.deletion(key, version.revision()));
    }
    var kv = records.of(history, version);
    if (kv == null) {
      throw StoreError.COMPACTED.exception();
    }
    return Change.KeyEvent.put(history.key(), kv);
  }
}
