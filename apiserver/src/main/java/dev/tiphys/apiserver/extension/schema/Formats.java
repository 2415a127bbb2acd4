package dev.tiphys.apiserver.extension.schema;

import dev.tiphys.api.value.Rfc3339;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The formats of texts that schemas may ask for. Those that nobody knows are not checked, as
 * upstream does.
 */
public final class Formats {

  private static final String UUID = "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?%s-?%s-?[0-9a-f]{12}$";
  private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
  private static final String IPV4 = OCTET + "(\\." + OCTET + "){3}";
  private static final Pattern IPV4_ONLY = Pattern.compile(IPV4);
  private static final Pattern IPV6_LETTERS = Pattern.compile("[0-9a-fA-F:.]+");

  private static final Map<String, Predicate<String>> CHECKS =
      Map.ofEntries(
          Map.entry("bsonobjectid", matches("[0-9a-fA-F]{24}")),
          Map.entry("uri", Formats::uri),
          Map.entry("email", matches("[^@\\s<>]+@[^@\\s<>]+")),
          Map.entry(
              "hostname",
              matches(
                  "(?i)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\\.?")),
          Map.entry("ipv4", text -> IPV4_ONLY.matcher(text).matches()),
          Map.entry("ipv6", Formats::ipv6),
          Map.entry("cidr", Formats::cidr),
          Map.entry("mac", matches("(?i)[0-9a-f]{2}([:-][0-9a-f]{2}){5}")),
          Map.entry("uuid", matches(UUID.formatted("[0-9a-f]{4}", "[0-9a-f]{4}"))),
          Map.entry("uuid3", matches(UUID.formatted("3[0-9a-f]{3}", "[0-9a-f]{4}"))),
          Map.entry("uuid4", matches(UUID.formatted("4[0-9a-f]{3}", "[89ab][0-9a-f]{3}"))),
          Map.entry("uuid5", matches(UUID.formatted("5[0-9a-f]{3}", "[89ab][0-9a-f]{3}"))),
          Map.entry("isbn10", matches("(?:[0-9]{9}X|[0-9]{10})")),
          Map.entry("isbn13", matches("[0-9]{13}")),
          Map.entry("isbn", matches("(?:[0-9]{9}X|[0-9]{10}|[0-9]{13})")),
          Map.entry("creditcard", matches("[0-9 -]{13,23}")),
          Map.entry("ssn", matches("\\d{3}[- ]?\\d{2}[- ]?\\d{4}")),
          Map.entry("hexcolor", matches("#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")),
          Map.entry(
              "rgbcolor", matches("rgb\\(\\s*\\d{1,3}\\s*,\\s*\\d{1,3}\\s*,\\s*\\d{1,3}\\s*\\)")),
          Map.entry("byte", Formats::base64),
          Map.entry("password", _ -> true),
          Map.entry("date", Formats::date),
          Map.entry("duration", Formats::duration),
          Map.entry("datetime", Formats::dateTime),
          Map.entry("date-time", Formats::dateTime));

  private static final Pattern DURATION =
      Pattern.compile(
          "\\s*[+-]?((\\d+(\\.\\d*)?|\\.\\d+)\\s*"
              + "(ns|us|µs|ms|s|m|h|d|w|nano\\w*|micro\\w*|milli\\w*|second\\w*|minute\\w*|hour\\w*"
              + "|day\\w*|week\\w*)\\s*)+|0");

  private Formats() {}

  /** Whether a text is of a format, or the format is unknown. */
  public static boolean fits(String format, String text) {
    Predicate<String> check =
        CHECKS.get(format.replace("-", "").equals("datetime") ? "date-time" : format);
    return check == null || check.test(text);
  }

  /** Whether texts of a format are checked. */
  public static boolean isKnown(String format) {
    return CHECKS.containsKey(format);
  }

  private static Predicate<String> matches(String pattern) {
    Pattern compiled = Pattern.compile(pattern);
    return text -> compiled.matcher(text).matches();
  }

  private static boolean uri(String text) {
    try {
      URI uri = new URI(text);
      return uri.isAbsolute() || text.startsWith("/");
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static boolean ipv6(String text) {
    if (!text.contains(":") || !IPV6_LETTERS.matcher(text).matches()) {
      return false;
    }
    try {
      return java.net.InetAddress.getByName(text) != null;
    } catch (java.net.UnknownHostException e) {
      return false;
    }
  }

  private static boolean cidr(String text) {
    int slash = text.indexOf('/');
    if (slash < 0 || !text.substring(slash + 1).matches("\\d{1,3}")) {
      return false;
    }
    String address = text.substring(0, slash);
    int bits = Integer.parseInt(text.substring(slash + 1));
    return IPV4_ONLY.matcher(address).matches() ? bits <= 32 : ipv6(address) && bits <= 128;
  }

  private static boolean base64(String text) {
    try {
      return Base64.getDecoder().decode(text) != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean date(String text) {
    try {
      return LocalDate.parse(text) != null;
    } catch (DateTimeParseException e) {
      return false;
    }
  }

  private static boolean duration(String text) {
    return DURATION.matcher(text).matches();
  }

  private static boolean dateTime(String text) {
    try {
      return Rfc3339.parse(text) != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
