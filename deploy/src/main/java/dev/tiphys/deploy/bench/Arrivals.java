package dev.tiphys.deploy.bench;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

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

  private final long[] sent;
  private final AtomicIntegerArray missing;
  private final long[] complete;
  private final AtomicInteger strangers = new AtomicInteger();
  private final AtomicLong received = new AtomicLong();
  private final CountDownLatch incomplete;

  Arrivals(int events, int watchers) {
    this.sent = new long[events];
    this.complete = new long[events];
    this.missing = new AtomicIntegerArray(events);
    this.incomplete = new CountDownLatch(events);
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

  /** Finds numbers behind marks, which may stand across the border of two pieces. */
  final class Scan {
    private int matched;
    private int digits;
    private int number;

    void take(byte[] bytes, int offset, int length) {
      int end = offset + length;
      for (int i = offset; i < end; i++) {
        byte b = bytes[i];
        if (matched == MARK_BYTES.length) {
          number = number * 10 + (b - '0');
          if (++digits == DIGITS) {
            arrived(number);
            matched = 0;
            digits = 0;
            number = 0;
          }
        } else if (b == MARK_BYTES[matched]) {
          matched++;
        } else {
          matched = b == MARK_BYTES[0] ? 1 : 0;
        }
      }
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
      incomplete.countDown();
    }
  }

  boolean awaitAll(Duration atMost) throws InterruptedException {
    return incomplete.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** How many events have come, to whomever. */
  long received() {
    return received.get();
  }

  /** How many events have not reached everybody. */
  long lost() {
    return incomplete.getCount();
  }

  /** From the moment before an event was made until everybody had it: the p-th of all. */
  Duration quantile(double share) {
    long[] took = new long[sent.length];
    int count = 0;
    for (int i = 0; i < sent.length; i++) {
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
