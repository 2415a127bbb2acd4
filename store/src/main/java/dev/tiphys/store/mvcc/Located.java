package dev.tiphys.store.mvcc;

import dev.tiphys.store.disk.FrameBatch;
import dev.tiphys.store.disk.RevisionLog;
import java.io.IOException;
import java.util.Arrays;

/** Where records lie that an answer is made of: numbers only, for there may be many. */
final class Located {
  private long[] places = new long[16];
  private int[] lengths = new int[16];
  private int count;
  private long bytes;

  void add(long place, int length) {
    if (count == places.length) {
      places = Arrays.copyOf(places, count * 2);
      lengths = Arrays.copyOf(lengths, count * 2);
    }
    places[count] = place;
    lengths[count++] = length;
    bytes += length;
  }

  int count() {
    return count;
  }

  /** The length of all records together. */
  long bytes() {
    return bytes;
  }

  FrameBatch read(RevisionLog log) throws IOException {
    return log.read(places, lengths, count);
  }
}
