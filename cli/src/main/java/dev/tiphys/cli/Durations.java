package dev.tiphys.cli;

import dev.tiphys.api.value.GoDuration;
import java.time.Duration;

/** Durations as options take them and as kubectl shows them. Pure. */
public final class Durations {

  private Durations() {}

  /**
   * Reads {@code 1m30s}, or whole seconds.
   *
   * @throws Failure naming the option, if it is neither
   */
  public static Duration parse(String option, String text) {
    if (text.matches("-?\\d{1,9}")) {
      return Duration.ofSeconds(Long.parseLong(text));
    }
    try {
      return GoDuration.parse(text);
    } catch (IllegalArgumentException e) {
      throw Failure.of(
          "invalid argument \"%s\" for \"--%s\" flag: %s", text, option, e.getMessage());
    }
  }

  /** An age in two units at most, as {@code 5m20s}, {@code 3h}, {@code 12d}. */
  public static String shown(Duration age) {
    long seconds = age.toSeconds();
    if (seconds < -1) {
      return "<invalid>";
    }
    if (seconds < 0) {
      return "0s";
    }
    if (seconds < 120) {
      return seconds + "s";
    }
    long minutes = seconds / 60;
    if (minutes < 10) {
      return two(minutes, "m", seconds % 60, "s");
    }
    if (minutes < 180) {
      return minutes + "m";
    }
    long hours = minutes / 60;
    if (hours < 8) {
      return two(hours, "h", minutes % 60, "m");
    }
    if (hours < 48) {
      return hours + "h";
    }
    long days = hours / 24;
    if (hours < 192) {
      return two(days, "d", hours % 24, "h");
    }
    if (days < 730) {
      return days + "d";
    }
    return days < 2920 ? two(days / 365, "y", days % 365, "d") : days / 365 + "y";
  }

  private static String two(long large, String largeUnit, long small, String smallUnit) {
    return large + largeUnit + (small == 0 ? "" : small + smallUnit);
  }
}
