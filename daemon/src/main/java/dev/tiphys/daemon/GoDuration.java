package dev.tiphys.daemon;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Durations as flags and configuration files write them, in the notation of Go's {@code
 * time.ParseDuration}: {@code 1h30m}, {@code 1.5s}, {@code 300ms}, {@code 0}.
 */
public final class GoDuration {

  private static final Map<String, Long> NANOS =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "µs", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L);

  private GoDuration() {}

  /** Reads a duration; empty if the text is not one. */
  public static Optional<Duration> parse(String text) {
    boolean negative = text.startsWith("-");
    String rest = negative || text.startsWith("+") ? text.substring(1) : text;
    if (rest.equals("0")) {
      return Optional.of(Duration.ZERO);
    }
    if (rest.isEmpty()) {
      return Optional.empty();
    }
    BigDecimal nanos = BigDecimal.ZERO;
    int at = 0;
    while (at < rest.length()) {
      int unitStart = skip(rest, at, true);
      int unitEnd = skip(rest, unitStart, false);
      Long factor = NANOS.get(rest.substring(unitStart, unitEnd));
      if (factor == null || !isNumber(rest.substring(at, unitStart))) {
        return Optional.empty();
      }
      nanos =
          nanos.add(new BigDecimal(rest.substring(at, unitStart)).multiply(new BigDecimal(factor)));
      at = unitEnd;
    }
    if (nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
      return Optional.empty();
    }
    Duration duration = Duration.ofNanos(nanos.longValue());
    return Optional.of(negative ? duration.negated() : duration);
  }

  private static int skip(String text, int from, boolean digits) {
    int at = from;
    while (at < text.length() && isDigitOrDot(text.charAt(at)) == digits) {
      at++;
    }
    return at;
  }

  private static boolean isDigitOrDot(char c) {
    return (c >= '0' && c <= '9') || c == '.';
  }

  private static boolean isNumber(String text) {
    int dots = (int) text.chars().filter(c -> c == '.').count();
    return dots <= 1 && text.length() > dots;
  }
}
