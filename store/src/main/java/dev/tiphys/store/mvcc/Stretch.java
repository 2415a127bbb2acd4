package dev.tiphys.store.mvcc;

import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * The histories of a stretch of keys up to an end. To look at each key whether it is still before
 * the end would be most of the work, so that is asked of every sixty-fourth: when it is, so are all
 * before it. Weakly consistent, as what it goes over; for one thread.
 */
final class Stretch implements Iterator<KeyHistory> {
  private static final int AHEAD = 64;

  private final Iterator<KeyHistory> ordered;
  private final byte[] end;
  private final KeyHistory[] taken = new KeyHistory[AHEAD];
  private int size;
  private int next;
  private boolean last;

  /**
   * Goes over histories.
   *
   * @param ordered by key, without an end
   * @param end the first key that is not wanted
   */
  Stretch(Iterator<KeyHistory> ordered, byte[] end) {
    this.ordered = ordered;
    this.end = end;
  }

  @Override
  public boolean hasNext() {
    if (next == size && !last) {
      take();
    }
    return next < size;
  }

  @Override
  public KeyHistory next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return taken[next++];
  }

  private void take() {
    next = 0;
    size = 0;
    // The first ones one by one: most ranges are short.
    int wanted = 1;
    while (size < AHEAD && ordered.hasNext()) {
      taken[size++] = ordered.next();
      if (size == wanted) {
        if (isPast(taken[size - 1])) {
          break;
        }
        wanted *= 2;
      }
    }
    last = size < AHEAD;
    while (size > 0 && isPast(taken[size - 1])) {
      size--;
      last = true;
    }
  }

  private boolean isPast(KeyHistory history) {
    return Arrays.compareUnsigned(history.key(), end) >= 0;
  }
}
