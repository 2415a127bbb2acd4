package dev.tiphys.deploy.bench;

import java.io.PrintStream;
import java.util.Locale;

/** Prints figures as they come, beside the aims and what the Go server did. */
final class Report {

  private final PrintStream out;

  Report(PrintStream out) {
    this.out = out;
  }

  void head(String server, String machine) {
    out.println("server: " + server);
    out.println("machine: " + machine);
    out.println();
    out.printf("%-44s %14s %10s %10s  %s%n", "work", "figure", "aim", "Go", "beside");
  }

  /**
   * A line.
   *
   * @param aim empty where there is none
   * @param go what the Go server did; empty where it was not measured
   * @param beside further figures
   */
  void row(String work, String figure, String aim, String go, String beside) {
    out.printf("%-44s %14s %10s %10s  %s%n", work, figure, aim, go, beside);
  }

  void remark(String text) {
    out.println(text);
  }

  static String rate(double perSecond) {
    return String.format(Locale.ROOT, perSecond < 100 ? "%.1f /s" : "%,.0f /s", perSecond);
  }

  static String millis(java.time.Duration duration) {
    return String.format(Locale.ROOT, "%.1f ms", duration.toNanos() / 1e6);
  }

  static String mebibytes(long bytes) {
    return (bytes >> 20) + " MiB";
  }
}
