package dev.tiphys.store.mvcc;

import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The revisions of one key that can still be asked for: where each lies in the log. One thread
 * adds, any thread reads. The newest revision, which nearly all ask for, is replaced as a whole and
 * read without a lock; those before it are guarded by the monitor, in three arrays instead of a
 * list of objects: 20 bytes a revision.
 */
final class KeyHistory {
  private static final int DELETED = Integer.MIN_VALUE;
  private static final Newest NOTHING = new Newest(Long.MAX_VALUE, 0, DELETED, 0, 0, 0);
  private static final long[] NO_LONGS = {};
  private static final int[] NO_INTS = {};

  private final byte[] key;
  private volatile Newest newest = NOTHING;

  /** Of those before the newest, oldest first. */
  private long[] revisions = NO_LONGS;

  private long[] places = NO_LONGS;
  private int[] lengths = NO_INTS;

  /** How many there are with the newest. */
  private int count;

  private boolean dropped;

  /** The newest revision; without one it is later than any that can be asked for. */
  private record Newest(
      long revision, long place, int length, long createRevision, long version, long lease) {
    Newest at(long otherPlace) {
      return new Newest(revision, otherPlace, length, createRevision, version, lease);
    }
  }

  /** A revision of the key: where its record lies. */
  record Version(long revision, long place, int length, boolean deleted) {}

  /** The newest state of the key, of which comparisons speak; all zero when it does not exist. */
  record Head(long createRevision, long modRevision, long version, long lease) {
    static final Head ABSENT = new Head(0, 0, 0, 0);

    boolean exists() {
      return version != 0;
    }
  }

  KeyHistory(byte[] key) {
    this.key = key;
  }

  byte[] key() {
    return key;
  }

  /**
   * Adds a revision; false when a compaction has just dropped this history, and the key needs a new
   * one.
   */
  synchronized boolean put(
      long revision, long place, int length, long createRevision, long version, long lease) {
    if (dropped) {
      return false;
    }
    add(new Newest(revision, place, length, createRevision, version, lease));
    return true;
  }

  synchronized void delete(long revision, long place, int length) {
    add(new Newest(revision, place, length | DELETED, 0, 0, 0));
  }

  Head head() {
    var last = newest;
    return last.version == 0
        ? Head.ABSENT
        : new Head(last.createRevision, last.revision, last.version, last.lease);
  }

  /**
   * The newest revision that is not after {@code revision}; null when there is none or it is a
   * deletion.
   */
  @Nullable Version at(long revision) {
    var last = newest;
    if (last.revision <= revision) {
      return last.length < 0 ? null : new Version(last.revision, last.place, last.length, false);
    }
    synchronized (this) {
      int i = floor(revision);
      return i < 0 || length(i) < 0 ? null : version(i);
    }
  }

  /** Notes where {@link #at} would find the record; false when it would find none. */
  boolean locate(long revision, Located into) {
    var last = newest;
    if (last.revision <= revision) {
      if (last.length >= 0) {
        into.add(last.place, last.length);
      }
      return last.length >= 0;
    }
    var found = at(revision);
    if (found != null) {
      into.add(found.place, found.length);
    }
    return found != null;
  }

  /** True when {@link #at} would find something. */
  boolean existsAt(long revision) {
    var last = newest;
    return last.revision <= revision ? last.length >= 0 : at(revision) != null;
  }

  /** The n-th revision that lies in [from, to], or null when there are fewer; deletions count. */
  synchronized @Nullable Version within(long from, long to, int n) {
    int i = floor(from - 1) + 1 + n;
    return i < count && revision(i) <= to ? version(i) : null;
  }

  /** The newest revision before {@code revision}; null when there is none or it is a deletion. */
  @Nullable Version before(long revision) {
    return at(revision - 1);
  }

  /**
   * Forgets what nobody may ask for after a compaction at {@code revision}: all that was replaced
   * by then, and a deletion that was the newest before. Returns true when nothing is left.
   */
  synchronized boolean compact(long revision) {
    int keep = floor(revision);
    // A deletion at the very revision stays: it can still be watched from there.
    if (keep >= 0 && length(keep) < 0 && revision(keep) < revision) {
      keep++;
    }
    if (keep > 0) {
      int older = count - 1;
      boolean none = keep >= older;
      revisions = none ? NO_LONGS : Arrays.copyOfRange(revisions, keep, older);
      places = none ? NO_LONGS : Arrays.copyOfRange(places, keep, older);
      lengths = none ? NO_INTS : Arrays.copyOfRange(lengths, keep, older);
      count -= keep;
    }
    if (count == 0) {
      newest = NOTHING;
    }
    dropped = count == 0;
    return dropped;
  }

  /** True when the record of a revision at a place is still needed. */
  synchronized boolean holds(long revision, long place) {
    return indexOf(revision, place) >= 0;
  }

  /** The same record where it lies now; null when it was compacted. */
  synchronized @Nullable Version again(Version known) {
    for (int i = floor(known.revision()); i >= 0 && revision(i) == known.revision(); i--) {
      if (length(i) < 0 == known.deleted()) {
        return version(i);
      }
    }
    return null;
  }

  /** Adds up the bytes still needed, by the slot in which they lie. */
  synchronized void addLive(Map<Integer, Long> live) {
    for (int i = 0; i < count; i++) {
      live.merge((int) (place(i) >>> 32), (long) (length(i) & ~DELETED), Long::sum);
    }
  }

  /** Tells that the record of a revision moved. */
  synchronized boolean move(long revision, long from, long to) {
    int i = indexOf(revision, from);
    if (i < 0) {
      return false;
    }
    if (i == count - 1) {
      newest = newest.at(to);
    } else {
      places[i] = to;
    }
    return true;
  }

  private Version version(int i) {
    return new Version(revision(i), place(i), length(i) & ~DELETED, length(i) < 0);
  }

  private long revision(int i) {
    return i == count - 1 ? newest.revision : revisions[i];
  }

  private long place(int i) {
    return i == count - 1 ? newest.place : places[i];
  }

  /** Negative for a deletion. */
  private int length(int i) {
    return i == count - 1 ? newest.length : lengths[i];
  }

  private int floor(long wanted) {
    if (newest.revision <= wanted) {
      return count - 1;
    }
    int i = Arrays.binarySearch(revisions, 0, Math.max(0, count - 1), wanted);
    if (i < 0) {
      return -i - 2;
    }
    // A transaction may put a key and delete it again, both in one revision: the last counts.
    while (i + 1 < count && revision(i + 1) == wanted) {
      i++;
    }
    return i;
  }

  private int indexOf(long wanted, long at) {
    for (int i = floor(wanted); i >= 0 && revision(i) == wanted; i--) {
      if (place(i) == at) {
        return i;
      }
    }
    return -1;
  }

  private void add(Newest next) {
    if (count > 0) {
      int older = count - 1;
      if (older == revisions.length) {
        int size = older + Math.max(1, older >> 1);
        revisions = Arrays.copyOf(revisions, size);
        places = Arrays.copyOf(places, size);
        lengths = Arrays.copyOf(lengths, size);
      }
      revisions[older] = newest.revision;
      places[older] = newest.place;
      lengths[older] = newest.length;
    }
    newest = next;
    count++;
  }
}
