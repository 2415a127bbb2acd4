package dev.tiphys.store.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** How long each of many calls took, to the first million of them. Thread-safe. */
final class Timings {
  private static final int KEPT = 1 << 20;

  private final long[] nanos = new long[KEPT];
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicLong count = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();

  void add(long duration) {
    count.incrementAndGet();
    int place = next.getAndIncrement();
    if (place >= 0 && place < KEPT) {
      nanos[place] = duration;
    }
  }

  void fail() {
    failures.incrementAndGet();
  }

  long failures() {
    return failures.get();
  }

  long count() {
    return count.get();
  }

  /** One line of the table. */
  String row(String work, Duration elapsed) {
    var sorted = Arrays.copyOf(nanos, (int) Math.min(count.get(), KEPT));
    Arrays.sort(sorted);
    return "| %-42s | %9.0f | %8.2f | %8.2f | %8.2f | %6d |"
        .formatted(
            work,
            count.get() / (elapsed.toNanos() / 1e9),
            millis(sorted, 0.5),
            millis(sorted, 0.99),
            millis(sorted, 0.999),
            failures.get());
  }

  private static double millis(long[] sorted, double quantile) {
    return sorted.length == 0
        ? 0
        : sorted[(int) Math.min(sorted.length - 1, sorted.length * quantile)] / 1e6;
  }
}
