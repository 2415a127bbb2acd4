package dev.tiphys.store.mvcc;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Some neighbouring keys of the index in byte order, each with its history. Changed under the lock
 * of the index; whoever reads without it may see a change half done, never something that was not
 * there, and is told so by the lock.
 */
final class KeyBlock {
  /** More would make an insertion dear, fewer the search for the block. */
  static final int CAPACITY = 64;

  /** A block that is emptied joins a neighbour when both fill no more than this. */
  private static final int JOINED = 48;

  private final byte[] low;
  private final @Nullable KeyHistory[] histories = new KeyHistory[CAPACITY];

  /** Of the histories, which a search need not look at so: most are in no processor's cache. */
  private final byte[] @Nullable [] keys = new byte[CAPACITY][];

  private int size;

  /**
   * Makes an empty block.
   *
   * @param low no key in it will be before this one
   */
  KeyBlock(byte[] low) {
    this.low = low;
  }

  byte[] low() {
    return low;
  }

  boolean isFull() {
    return size == CAPACITY;
  }

  /** Null where nothing is. */
  @Nullable KeyHistory get(int place) {
    return histories[place];
  }

  /** Where a key is, or {@code -(where it belongs) - 1}, as {@link Arrays#binarySearch}. */
  int find(byte[] key) {
    int from = 0;
    int to = size - 1;
    while (from <= to) {
      int middle = (from + to) >>> 1;
      byte[] found = keys[middle];
      // Half done: the answer does not count.
      int order = found == null ? 1 : Arrays.compareUnsigned(found, key);
      if (order == 0) {
        return middle;
      }
      if (order < 0) {
        from = middle + 1;
      } else {
        to = middle - 1;
      }
    }
    return -from - 1;
  }

  /** Copies the histories from a key on, and returns how many. */
  int copy(byte[] from, KeyHistory[] into) {
    int found = find(from);
    int first = found < 0 ? -found - 1 : found;
    int count = Math.max(0, size - first);
    System.arraycopy(histories, first, into, 0, count);
    return count;
  }

  void replace(int place, KeyHistory history) {
    histories[place] = history;
    keys[place] = history.key();
  }

  /** Makes room at a place for a history; not when the block is full. */
  void insert(int place, KeyHistory history) {
    System.arraycopy(histories, place, histories, place + 1, size - place);
    System.arraycopy(keys, place, keys, place + 1, size - place);
    replace(place, history);
    size++;
  }

  void remove(int place) {
    System.arraycopy(histories, place + 1, histories, place, size - place - 1);
    System.arraycopy(keys, place + 1, keys, place, size - place - 1);
    size--;
    histories[size] = null;
    keys[size] = null;
  }

  /** Gives its upper half away. */
  KeyBlock split() {
    int half = size / 2;
    var upper = new KeyBlock(Objects.requireNonNull(histories[half]).key());
    upper.size = size - half;
    System.arraycopy(histories, half, upper.histories, 0, upper.size);
    System.arraycopy(keys, half, upper.keys, 0, upper.size);
    Arrays.fill(histories, half, size, null);
    Arrays.fill(keys, half, size, null);
    size = half;
    return upper;
  }

  /** True when the next block is better taken into this one. */
  boolean canJoin(KeyBlock next) {
    return size + next.size <= JOINED || size == 0 || next.size == 0;
  }

  /** Takes all of the next block. */
  void join(KeyBlock next) {
    System.arraycopy(next.histories, 0, histories, size, next.size);
    System.arraycopy(next.keys, 0, keys, size, next.size);
    size += next.size;
  }
}
