package dev.tiphys.deploy.bench;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * When events reach the last of all watchers. Each event carries its number behind {@link #MARK};
 * nothing else of it is read. Thread-safe.
 */
final class Arrivals {

  /** Stands before the number in an event's JSON. */
  static final String MARK = "\"sent\":\"";

  /** How many digits the number has. */
  static final int DIGITS = 6;

  private static final byte[] MARK_BYTES = MARK.getBytes(StandardCharsets.US_ASCII);

  private static final int WHOLE = MARK_BYTES.length + DIGITS;

  /** How far on a mark can begin at the earliest, by the byte where it would have ended. */
  private static final int[] SHIFTS = shifts();

  private static int[] shifts() {
    int[] shifts = new int[256];
    Arrays.fill(shifts, MARK_BYTES.length);
    for (int i = 0; i < MARK_BYTES.length - 1; i++) {
      shifts[MARK_BYTES[i]] = MARK_BYTES.length - 1 - i;
    }
    return shifts;
  }

  private final long[] sent;
  private final AtomicIntegerArray missing;
  private final long[] complete;
  private final AtomicInteger strangers = new AtomicInteger();
  private final AtomicLong received = new AtomicLong();

  Arrivals(int events, int watchers) {
    this.sent = new long[events];
    this.complete = new long[events];
    this.missing = new AtomicIntegerArray(events);
    for (int i = 0; i < events; i++) {
      missing.set(i, watchers);
    }
  }

  /** An event is about to be made. */
  void sending(int event) {
    sent[event] = System.nanoTime();
  }

  /** The number of an event as it stands in its object. */
  static String number(int event) {
    return String.format(java.util.Locale.ROOT, "%0" + DIGITS + "d", event);
  }

  /** Looks for events in the bytes of one watch, piece by piece. For one thread. */
  Scan scan() {
    return new Scan();
  }

  /**
   * Finds numbers behind marks, which may stand across the border of two pieces. Looks at few of
   * the bytes: who measures must not be what is measured.
   */
  final class Scan {

    /** The end of what came before, in which a mark may have begun. */
    private final byte[] tail = new byte[2 * (WHOLE - 1)];

    private int tailLength;

    void take(byte[] bytes, int offset, int length) {
      int before = tailLength;
      int some = Math.min(length, WHOLE - 1);
      System.arraycopy(bytes, offset, tail, before, some);
      find(tail, 0, before + some, before);
      if (length >= WHOLE - 1) {
        find(bytes, offset, offset + length, offset + length);
        System.arraycopy(bytes, offset + length - (WHOLE - 1), tail, 0, WHOLE - 1);
        tailLength = WHOLE - 1;
      } else {
        int kept = Math.min(WHOLE - 1, before + some);
        System.arraycopy(tail, before + some - kept, tail, 0, kept);
        tailLength = kept;
      }
    }

    /** Finds what begins before a place and ends within the bytes (by Horspool). */
    private void find(byte[] bytes, int from, int end, int before) {
      int last = MARK_BYTES.length - 1;
      int at = from;
      while (at < before && at + WHOLE <= end) {
        if (bytes[at + last] == MARK_BYTES[last] && marked(bytes, at)) {
          int number = 0;
          for (int i = at + MARK_BYTES.length; i < at + WHOLE; i++) {
            number = number * 10 + (bytes[i] - '0');
          }
          arrived(number);
          at += WHOLE;
        } else {
          at += SHIFTS[bytes[at + last] & 0xff];
        }
      }
    }

    private static boolean marked(byte[] bytes, int at) {
      return Arrays.equals(bytes, at, at + MARK_BYTES.length, MARK_BYTES, 0, MARK_BYTES.length);
    }
  }

  private void arrived(int event) {
    received.incrementAndGet();
    if (event < 0 || event >= sent.length) {
      strangers.incrementAndGet();
      return;
    }
    if (missing.decrementAndGet(event) == 0) {
      complete[event] = System.nanoTime();
    }
  }

  /** Waits until all events before one have reached everybody; says whether they have. */
  boolean awaitBefore(int event, Duration atMost) throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    while (!IntStream.range(0, event).allMatch(i -> missing.get(i) == 0)) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(1);
    }
    return true;
  }

  /** How many events have come, to whomever. */
  long received() {
    return received.get();
  }

  /** How many events have not reached everybody. */
  long lost() {
    return IntStream.range(0, missing.length()).filter(i -> missing.get(i) > 0).count();
  }

  /**
   * From the moment before an event was made until everybody had it: the p-th of all from one on.
   */
  Duration quantile(double share, int first) {
    long[] took = new long[sent.length];
    int count = 0;
    for (int i = first; i < sent.length; i++) {
      if (missing.get(i) == 0) {
        took[count++] = complete[i] - sent[i];
      }
    }
    if (count == 0) {
      return Duration.ZERO;
    }
    long[] sorted = Arrays.copyOf(took, count);
    Arrays.sort(sorted);
    return Duration.ofNanos(sorted[Math.min(count - 1, (int) (count * share))]);
  }
}
