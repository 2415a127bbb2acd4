package dev.tiphys.api.value;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** Moments as the API writes them: {@code 2026-01-02T03:04:05Z}, with microseconds if asked. */
public final class Rfc3339 {

  private Rfc3339() {}

  /** To the second, in UTC; what is finer is cut off. */
  public static String seconds(Instant time) {
    return dateTime(time, new StringBuilder(20)).append('Z').toString();
  }

  /** To the microsecond, always with six digits, in UTC. */
  public static String micros(Instant time) {
    StringBuilder out = dateTime(time, new StringBuilder(27)).append('.');
    return digits(out, time.getNano() / 1000, 6).append('Z').toString();
  }

  private static StringBuilder dateTime(Instant time, StringBuilder out) {
    OffsetDateTime utc = time.atOffset(ZoneOffset.UTC);
    digits(out, utc.getYear(), 4).append('-');
    digits(out, utc.getMonthValue(), 2).append('-');
    digits(out, utc.getDayOfMonth(), 2).append('T');
    digits(out, utc.getHour(), 2).append(':');
    digits(out, utc.getMinute(), 2).append(':');
    return digits(out, utc.getSecond(), 2);
  }

  private static StringBuilder digits(StringBuilder out, int value, int width) {
    int start = out.length();
    out.append(value);
    for (int missing = width - (out.length() - start); missing > 0; missing--) {
      out.insert(start, '0');
    }
    return out;
  }

  /**
   * Reads a moment with any offset.
   *
   * @throws IllegalArgumentException with the API's message if the text is none
   */
  public static Instant parse(String text) {
    try {
      if (text.length() == 20 && text.charAt(19) == 'Z') {
        return canonical(text);
      }
      OffsetDateTime parsed = OffsetDateTime.parse(text);
      if (text.length() >= 20 && text.charAt(10) == 'T' && text.charAt(16) == ':') {
        return parsed.toInstant();
      }
      throw unreadable(text, null);
    } catch (DateTimeException e) {
      throw unreadable(text, e);
    }
  }

  /** Reads {@code 2026-01-02T03:04:05Z}, which nearly all moments are. */
  private static Instant canonical(String text) {
    if (text.charAt(4) != '-'
        || text.charAt(7) != '-'
        || text.charAt(10) != 'T'
        || text.charAt(13) != ':'
        || text.charAt(16) != ':') {
      throw unreadable(text, null);
    }
    int hour = number(text, 11, 13);
    int minute = number(text, 14, 16);
    int second = number(text, 17, 19);
    if (hour > 23 || minute > 59 || second > 59) {
      throw unreadable(text, null);
    }
    long day =
        LocalDate.of(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10)).toEpochDay();
    return Instant.ofEpochSecond(((day * 24 + hour) * 60 + minute) * 60 + second);
  }

  private static int number(String text, int from, int to) {
    int value = 0;
    for (int i = from; i < to; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        throw unreadable(text, null);
      }
      value = value * 10 + digit;
    }
    return value;
  }

  private static IllegalArgumentException unreadable(String text, @Nullable Exception cause) {
    String quoted = QuotedText.of(text);
    return new IllegalArgumentException(
        "parsing time "
            + quoted
            + " as \"2006-01-02T15:04:05Z07:00\": cannot parse "
            + quoted
            + " as \"2006\"",
        cause);
  }
}
