package dev.tiphys.store.mvcc;

import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The revisions of one key that can still be asked for: where each lies in the log. One thread
 * adds, any thread reads; the monitor guards all. Three arrays instead of a list of objects: 20
 * bytes a revision.
 */
final class KeyHistory {
  private static final int DELETED = Integer.MIN_VALUE;

  private final byte[] key;
  private long[] revisions = new long[1];
  private long[] places = new long[1];
  private int[] lengths = new int[1];
  private int count;
  private boolean dropped;

  private long createRevision;
  private long version;
  private long lease;

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
    add(revision, place, length);
    this.createRevision = createRevision;
    this.version = version;
    this.lease = lease;
    return true;
  }

  synchronized void delete(long revision, long place, int length) {
    add(revision, place, length | DELETED);
    createRevision = 0;
    version = 0;
    lease = 0;
  }

  synchronized Head head() {
    return version == 0
        ? Head.ABSENT
        : new Head(createRevision, revisions[count - 1], version, lease);
  }

  /**
   * The newest revision that is not after {@code revision}; null when there is none or it is a
   * deletion.
   */
  synchronized @Nullable Version at(long revision) {
    int i = floor(revision);
    return i < 0 || lengths[i] < 0 ? null : version(i);
  }

  /** Notes where {@link #at} would find the record; false when it would find none. */
  synchronized boolean locate(long revision, Located into) {
    int i = floor(revision);
    if (i < 0 || lengths[i] < 0) {
      return false;
    }
    into.add(places[i], lengths[i]);
    return true;
  }

  /** True when {@link #at} would find something. */
  synchronized boolean existsAt(long revision) {
    int i = floor(revision);
    return i >= 0 && lengths[i] >= 0;
  }

  /** The n-th revision that lies in [from, to], or null when there are fewer; deletions count. */
  synchronized @Nullable Version within(long from, long to, int n) {
    int i = floor(from - 1) + 1 + n;
    return i < count && revisions[i] <= to ? version(i) : null;
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
    if (keep >= 0 && lengths[keep] < 0 && revisions[keep] < revision) {
      keep++;
    }
    if (keep > 0) {
      revisions = Arrays.copyOfRange(revisions, keep, Math.max(count, keep + 1));
      places = Arrays.copyOfRange(places, keep, Math.max(count, keep + 1));
      lengths = Arrays.copyOfRange(lengths, keep, Math.max(count, keep + 1));
      count -= keep;
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
    for (int i = floor(known.revision()); i >= 0 && revisions[i] == known.revision(); i--) {
      if (lengths[i] < 0 == known.deleted()) {
        return version(i);
      }
    }
    return null;
  }

  /** Adds up the bytes still needed, by the slot in which they lie. */
  synchronized void addLive(Map<Integer, Long> live) {
    for (int i = 0; i < count; i++) {
      live.merge((int) (places[i] >>> 32), (long) (lengths[i] & ~DELETED), Long::sum);
    }
  }

  /** Tells that the record of a revision moved. */
  synchronized boolean move(long revision, long from, long to) {
    int i = indexOf(revision, from);
    if (i < 0) {
      return false;
    }
    places[i] = to;
    return true;
  }

  private Version version(int i) {
    return new Version(revisions[i], places[i], lengths[i] & ~DELETED, lengths[i] < 0);
  }

  private int floor(long revision) {
    if (count > 0 && revisions[count - 1] <= revision) {
      return count - 1;
    }
    int i = Arrays.binarySearch(revisions, 0, count, revision);
    if (i < 0) {
      return -i - 2;
    }
    // A transaction may put a key and delete it again, both in one revision: the last counts.
    while (i + 1 < count && revisions[i + 1] == revision) {
      i++;
    }
    return i;
  }

  private int indexOf(long revision, long place) {
    for (int i = floor(revision); i >= 0 && revisions[i] == revision; i--) {
      if (places[i] == place) {
        return i;
      }
    }
    return -1;
  }

  private void add(long revision, long place, int length) {
    if (count == revisions.length) {
      int size = count + Math.max(1, count >> 1);
      revisions = Arrays.copyOf(revisions, size);
      places = Arrays.copyOf(places, size);
      lengths = Arrays.copyOf(lengths, size);
    }
    revisions[count] = revision;
    places[count] = place;
    lengths[count] = length;
    count++;
  }
}
