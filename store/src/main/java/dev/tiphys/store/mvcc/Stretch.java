package dev.tiphys.store.mvcc;

import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Goes over the histories of a range, block by block of the index. Only the keys of the block in
 * which the range ends are compared with its end. Weakly consistent; for one thread.
 */
final class Stretch implements Iterator<KeyHistory> {
  private final KeyIndex index;
  private final byte @Nullable [] end;
  private final KeyIndex.Copy copy = new KeyIndex.Copy();
  private int next;

  Stretch(KeyIndex index, KeyRange range) {
    this.index = index;
    this.end = range.to();
    copy.rest = range.from();
  }

  @Override
  public boolean hasNext() {
    while (next == copy.size && copy.rest != null) {
      next = 0;
      index.copy(copy.rest, copy);
      endWhereItShould();
    }
    return next < copy.size;
  }

  @Override
  public KeyHistory next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return copy.histories[next++];
  }

  private void endWhereItShould() {
    if (end == null || (copy.rest != null && Arrays.compareUnsigned(copy.rest, end) < 0)) {
      return;
    }
    copy.rest = null;
    while (copy.size > 0 && Arrays.compareUnsigned(copy.histories[copy.size - 1].key(), end) >= 0) {
      copy.size--;
    }
  }
}
