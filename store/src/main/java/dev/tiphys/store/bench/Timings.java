package dev.tiphys.store.bench;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.AtomicHistogram;

/** How long each of many calls took. Thread-safe. */
final class Timings {
  private static final long LONGEST = Duration.ofHours(1).toNanos();
  private static final int DIGITS = 3;

  private final AtomicHistogram nanos = new AtomicHistogram(LONGEST, DIGITS);
  private final AtomicLong failures = new AtomicLong();

  /** Counts a call; one of more than an hour as one of an hour. */
  void add(long duration) {
    nanos.recordValue(Math.clamp(duration, 0, LONGEST));
  }

  void fail() {
    failures.incrementAndGet();
  }

  long failures() {
    return failures.get();
  }

  long count() {
    return nanos.getTotalCount();
  }

  /** One line of the table. */
  String row(String work, Duration elapsed) {
    return "| %-42s | %9.0f | %8.2f | %8.2f | %8.2f | %6d |"
        .formatted(
            work,
            count() / (elapsed.toNanos() / 1e9),
            millis(50),
            millis(99),
            millis(99.9),
            failures.get());
  }

  private double millis(double percentile) {
    return nanos.getValueAtPercentile(percentile) / 1e6;
  }
}
