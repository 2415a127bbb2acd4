package dev.tiphys.store.mvcc;

import com.google.protobuf.UnsafeByteOperations;
import dev.tiphys.store.rpc.KeyValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Reads what happened, out of the index and the log. Any thread. */
final class History {
  /** Events that are read at a time. */
  static final int CHUNK = 1000;

  /** After so many bytes no further revision is read at a time. */
  static final long CHUNK_BYTES = 1 << 20;

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
   * The first changes to a range of keys in [from, to], oldest first: whole revisions, about {@link
   * #CHUNK} events and {@link #CHUNK_BYTES}; at least one revision, if there is any.
   *
   * @param previous whether each event will be sent with what was before it, which counts then
   * @throws StoreException {@link StoreError#COMPACTED}
   */
  List<Change> changes(KeyRange range, long from, long to, boolean previous) throws IOException {
    needHistory(from);
    var found = found(range, from, to, CHUNK + 1);
    if (found.size() > CHUNK) {
      found = found(range, from, lastOfChunk(range, from, to), Integer.MAX_VALUE);
    }
    // Within a revision all records lie in one segment, in the order in which they happened.
    found.sort(
        Comparator.<Found>comparingLong(f -> f.version.revision())
            .thenComparingLong(f -> f.version.place()));
    var changes = new ArrayList<Change>();
    List<Change.KeyEvent> events = List.of();
    long current = 0;
    long bytes = 0;
    for (var f : found) {
      if (f.version.revision() != current) {
        if (bytes >= CHUNK_BYTES) {
          break;
        }
        current = f.version.revision();
        events = new ArrayList<>();
        changes.add(new Change(current, events));
      }
      events.add(event(f.history, f.version));
      bytes += f.version.length() + (previous ? bytesBefore(f.history, current) : 0);
    }
    needHistory(from); // it may have been compacted while we read
    return changes;
  }

  /**
   * The revision at which the {@link #CHUNK}-th event happened, or {@code to}: found without noting
   * all of a long history.
   */
  private long lastOfChunk(KeyRange range, long from, long to) {
    var first = new PriorityQueue<Long>(CHUNK, Comparator.reverseOrder());
    for (var history : index.in(range)) {
      KeyHistory.Version version;
      for (int n = 0; (version = history.within(from, to, n)) != null; n++) {
        if (first.size() == CHUNK && first.element() <= version.revision()) {
          break; // those after it are later still
        }
        if (first.size() == CHUNK) {
          first.remove();
        }
        first.add(version.revision());
      }
    }
    return first.size() < CHUNK ? to : first.element();
  }

  /** Events in order of key; no more than {@code atMost}. */
  private List<Found> found(KeyRange range, long from, long to, int atMost) {
    var found = new ArrayList<Found>();
    for (var history : index.in(range)) {
      KeyHistory.Version version;
      for (int n = 0; (version = history.within(from, to, n)) != null; n++) {
        found.add(new Found(history, version));
        if (found.size() == atMost) {
          return found;
        }
      }
    }
    return found;
  }

  /** Bytes on disk of what was there before the events of a change; nothing is read. */
  long bytesBefore(Change change) {
    long bytes = 0;
    for (var event : change.events()) {
      var history = index.get(event.key());
      bytes += history == null ? 0 : bytesBefore(history, change.revision());
    }
    return bytes;
  }

  private static int bytesBefore(KeyHistory history, long revision) {
    var version = history.before(revision);
    return version == null ? 0 : version.length();
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
