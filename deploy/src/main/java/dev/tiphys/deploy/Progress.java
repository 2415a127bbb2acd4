package dev.tiphys.deploy;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;

/** Tells the user what is being done and how long each step took. Safe for use by many threads. */
final class Progress {
  private final PrintStream out;
  private final long began = System.nanoTime();

  Progress(PrintStream out) {
    this.out = out;
  }

  /** Runs a step and prints it with its duration when it is done. */
  <T> T step(String what, Callable<T> work) throws Exception {
    long start = System.nanoTime();
    T result = work.call();
    done(what, Duration.ofNanos(System.nanoTime() - start));
    return result;
  }

  /** Prints a step that took so long. */
  void done(String what, Duration took) {
    out.printf(Locale.ROOT, "  %-52s %6.1f s%n", what, took.toMillis() / 1000.0);
  }

  /** Prints a remark. */
  void say(String remark) {
    out.println("  " + remark);
  }

  Duration total() {
    return Duration.ofNanos(System.nanoTime() - began);
  }
}
