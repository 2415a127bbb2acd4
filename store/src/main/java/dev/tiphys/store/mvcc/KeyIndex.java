package dev.tiphys.store.mvcc;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.StampedLock;
import org.jspecify.annotations.Nullable;

/**
 * All keys in byte order, each with its history: an ordered array of {@linkplain KeyBlock blocks}
 * of neighbouring keys. A search looks at few places in memory, and a long range at hardly any but
 * the histories themselves. Any thread reads and iterates; one thread puts while one compacts. Who
 * reads takes no lock, and looks again when the order of keys changed at the same moment.
 */
final class KeyIndex {
  /** So often a reader looks again before it gives its processor away. */
  private static final int SPINS = 64;

  private static final long PAUSE_NANOS = 50_000;

  private final StampedLock lock = new StampedLock();

  /** Stands where no block is. */
  private final KeyBlock none = new KeyBlock(new byte[0]);

  /** Replaced by a longer one when it is full. */
  private volatile KeyBlock[] blocks = {new KeyBlock(new byte[0])};

  private int count = 1;

  @Nullable KeyHistory get(byte[] key) {
    for (int tries = 1; ; tries++) {
      long stamp = lock.tryOptimisticRead();
      var found = stamp == 0 ? null : find(key);
      if (lock.validate(stamp)) {
        return found;
      }
      pause(tries);
    }
  }

  /** The histories of a range, in order of key; weakly consistent. */
  Iterable<KeyHistory> in(KeyRange range) {
    return range.isEmpty() ? List.of() : () -> new Stretch(this, range);
  }

  /** All histories, in order of key; weakly consistent. */
  Iterable<KeyHistory> all() {
    return in(new KeyRange(new byte[0], null));
  }

  /** Copies the histories from a key on to the end of their block. */
  void copy(byte[] from, Copy into) {
    for (int tries = 1; ; tries++) {
      long stamp = lock.tryOptimisticRead();
      if (stamp != 0) {
        copyNow(from, into);
      }
      if (lock.validate(stamp)) {
        return;
      }
      pause(tries);
    }
  }

  /**
   * Waits for a change of the order of keys, which takes microseconds; longer when the one who
   * changes it has lost its processor meanwhile. Who reads never queues for the lock: a virtual
   * thread in the queue that gets no processor would keep out the one who writes.
   */
  private static void pause(int tries) {
    if (tries % SPINS == 0) {
      LockSupport.parkNanos(PAUSE_NANOS);
    } else {
      Thread.onSpinWait();
    }
  }

  /** What {@link KeyIndex#copy} found; for one thread. */
  static final class Copy {
    final KeyHistory[] histories = new KeyHistory[KeyBlock.CAPACITY];
    int size;

    /** Every key after those found is at or after this one; null: there is none. */
    byte @Nullable [] rest;
  }

  /** Adds a history found in the log. */
  void add(KeyHistory history) {
    byte[] key = history.key();
    long stamp = lock.writeLock();
    try {
      int at = blockOf(key);
      var block = blocks[at];
      int place = block.find(key);
      if (place >= 0) {
        block.replace(place, history);
        return;
      }
      place = -place - 1;
      if (block.isFull()) {
        // Keys that come in order fill one block after the other.
        boolean last = at == count - 1 && place == KeyBlock.CAPACITY;
        var upper = last ? new KeyBlock(key) : block.split();
        insert(at + 1, upper);
        if (Arrays.compareUnsigned(key, upper.low()) >= 0) {
          block = upper;
        }
        place = -block.find(key) - 1;
      }
      block.insert(place, history);
    } finally {
      lock.unlockWrite(stamp);
    }
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
    add(history);
    return history;
  }

  /** Forgets what nobody may ask for after a compaction. Runs beside readers and the writer. */
  void compact(long revision) {
    for (var history : all()) {
      if (history.compact(revision)) {
        remove(history);
      }
    }
  }

  /** Removes a history, unless another has taken its place. */
  private void remove(KeyHistory history) {
    long stamp = lock.writeLock();
    try {
      int at = blockOf(history.key());
      int place = blocks[at].find(history.key());
      if (place < 0 || blocks[at].get(place) != history) {
        return;
      }
      blocks[at].remove(place);
      if (at + 1 < count && blocks[at].canJoin(blocks[at + 1])) {
        joinNext(at);
      } else if (at > 0 && blocks[at - 1].canJoin(blocks[at])) {
        joinNext(at - 1);
      }
    } finally {
      lock.unlockWrite(stamp);
    }
  }

  private void joinNext(int at) {
    blocks[at].join(blocks[at + 1]);
    count--;
    System.arraycopy(blocks, at + 2, blocks, at + 1, count - at - 1);
    blocks[count] = none;
  }

  private void insert(int at, KeyBlock block) {
    if (count == blocks.length) {
      var more = Arrays.copyOf(blocks, count + Math.max(8, count / 4));
      Arrays.fill(more, count, more.length, none);
      blocks = more;
    }
    System.arraycopy(blocks, at, blocks, at + 1, count - at);
    blocks[at] = block;
    count++;
  }

  /** Without the lock, what this tells may be of a change half done, and does not count. */
  private @Nullable KeyHistory find(byte[] key) {
    var all = blocks;
    var block = all[blockOf(key, all)];
    int place = block.find(key);
    return place < 0 ? null : block.get(place);
  }

  private void copyNow(byte[] from, Copy into) {
    var all = blocks;
    int at = blockOf(from, all);
    into.size = all[at].copy(from, into.histories);
    into.rest = at + 1 < Math.min(count, all.length) ? all[at + 1].low() : null;
  }

  private int blockOf(byte[] key) {
    return blockOf(key, blocks);
  }

  /** The block in which a key is, if it is anywhere. */
  private int blockOf(byte[] key, KeyBlock[] all) {
    int from = 1;
    int to = Math.min(count, all.length) - 1;
    while (from <= to) {
      int middle = (from + to) >>> 1;
      if (Arrays.compareUnsigned(all[middle].low(), key) > 0) {
        to = middle - 1;
      } else {
        from = middle + 1;
      }
    }
    return from - 1;
  }
}
