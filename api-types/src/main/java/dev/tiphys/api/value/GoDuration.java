package dev.tiphys.api.value;

import java.math.BigDecimal;
import java.time.Duration;

/**
 * Spans of time in the notation that the API uses in JSON: {@code 1h30m0s}, {@code 500ms}, {@code
 * 0s}. Units are {@code ns us µs ms s m h}.
 */
public final class GoDuration {

  private static final long SECOND = 1_000_000_000L;

  private GoDuration() {}

  /**
   * Reads a span.
   *
   * @throws IllegalArgumentException with the API's message if the text is none, or out of range
   */
  public static Duration parse(String text) {
    int pos = !text.isEmpty() && (text.charAt(0) == '-' || text.charAt(0) == '+') ? 1 : 0;
    boolean negative = pos == 1 && text.charAt(0) == '-';
    if (text.length() - pos == 1 && text.charAt(pos) == '0') {
      return Duration.ZERO;
    }
    if (pos == text.length()) {
      throw invalid(text, "invalid duration");
    }
    BigDecimal nanos = BigDecimal.ZERO;
    while (pos < text.length()) {
      int numberEnd = skip(text, pos, true);
      int unitEnd = skip(text, numberEnd, false);
      if (numberEnd == unitEnd && numberEnd > pos) {
        throw invalid(text, "missing unit in duration");
      }
      BigDecimal number = number(text, pos, numberEnd);
      nanos = nanos.add(number.multiply(BigDecimal.valueOf(unit(text, numberEnd, unitEnd))));
      pos = unitEnd;
    }
    if (nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
      throw invalid(text, "invalid duration");
    }
    return Duration.ofNanos(negative ? -nanos.longValue() : nanos.longValue());
  }

  private static int skip(String text, int from, boolean number) {
    int pos = from;
    while (pos < text.length() && numeric(text.charAt(pos)) == number) {
      pos++;
    }
    return pos;
  }

  private static boolean numeric(char c) {
    return (c >= '0' && c <= '9') || c == '.';
  }

  private static BigDecimal number(String text, int from, int to) {
    try {
      return new BigDecimal(text.substring(from, to));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("time: invalid duration " + QuotedText.of(text), e);
    }
  }

  private static long unit(String text, int from, int to) {
    return switch (text.substring(from, to)) {
      case "ns" -> 1L;
      case "us", "µs", "μs" -> 1_000L;
      case "ms" -> 1_000_000L;
      case "s" -> SECOND;
      case "m" -> 60 * SECOND;
      case "h" -> 3600 * SECOND;
      default ->
          throw new IllegalArgumentException(
              "time: unknown unit "
                  + QuotedText.of(text.substring(from, to))
                  + " in duration "
                  + QuotedText.of(text));
    };
  }

  private static IllegalArgumentException invalid(String text, String what) {
    return new IllegalArgumentException("time: " + what + " " + QuotedText.of(text));
  }

  /** The canonical text: hours, minutes and seconds from a second up, one smaller unit below. */
  public static String format(Duration duration) {
    if (duration.isZero()) {
      return "0s";
    }
    StringBuilder out = new StringBuilder(duration.isNegative() ? "-" : "");
    Duration span = duration.abs();
    if (span.compareTo(Duration.ofSeconds(1)) < 0) {
      long nanos = span.toNanos();
      if (nanos < 1_000) {
        return out.append(nanos).append("ns").toString();
      }
      boolean micros = nanos < 1_000_000;
      BigDecimal value = BigDecimal.valueOf(nanos, micros ? 3 : 6);
      return plain(out, value).append(micros ? "µs" : "ms").toString();
    }
    long seconds = span.getSeconds();
    if (seconds >= 3600) {
      out.append(seconds / 3600).append('h');
    }
    if (seconds >= 60) {
      out.append(seconds / 60 % 60).append('m');
    }
    BigDecimal rest = BigDecimal.valueOf(seconds % 60).add(BigDecimal.valueOf(span.getNano(), 9));
    return plain(out, rest).append('s').toString();
  }

  private static StringBuilder plain(StringBuilder out, BigDecimal value) {
    return out.append(value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString());
  }
}
