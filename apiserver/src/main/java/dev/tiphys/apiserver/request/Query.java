package dev.tiphys.apiserver.request;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parameters behind the question mark, decoded, in order. A name may come more than once.
 * Immutable.
 */
public final class Query {

  /** No parameters. */
  public static final Query EMPTY = new Query(Map.of());

  private final Map<String, List<String>> values;

  private Query(Map<String, List<String>> values) {
    this.values = values;
  }

  /**
   * Reads a query as it stands in the request line.
   *
   * @param raw without the question mark; null or empty for none
   * @throws ApiException if a percent sign is not followed by two hexadecimal digits
   */
  public static Query parse(@Nullable String raw) {
    if (raw == null || raw.isEmpty()) {
      return EMPTY;
    }
    Map<String, List<String>> values = new LinkedHashMap<>();
    int start = 0;
    while (start <= raw.length()) {
      int end = raw.indexOf('&', start);
      end = end < 0 ? raw.length() : end;
      if (end > start) {
        String pair = raw.substring(start, end);
        int equals = pair.indexOf('=');
        String name = decode(equals < 0 ? pair : pair.substring(0, equals));
        String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
        values.computeIfAbsent(name, _ -> new ArrayList<>(1)).add(value);
      }
      start = end + 1;
    }
    return new Query(values);
  }

  private static String decode(String text) {
    if (text.indexOf('%') < 0 && text.indexOf('+') < 0) {
      return text;
    }
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw ApiException.badRequest("invalid URL escape in query: " + text);
    }
  }

  /** Whether a parameter is there, even if empty. */
  public boolean has(String name) {
    return values.containsKey(name);
  }

  /** All values of a parameter. */
  public List<String> all(String name) {
    return values.getOrDefault(name, List.of());
  }

  /** The first value of a parameter, empty if it is absent. */
  public String first(String name) {
    List<String> found = values.get(name);
    return found == null ? "" : found.getFirst();
  }

  /** A switch: absent is false; present is true unless it says {@code false} or {@code 0}. */
  public boolean flag(String name) {
    return Boolean.TRUE.equals(optionalFlag(name));
  }

  /** A switch that tells absence, as null, from false. */
  public @Nullable Boolean optionalFlag(String name) {
    if (!has(name)) {
      return null;
    }
    String value = first(name);
    return !value.equalsIgnoreCase("false") && !value.equals("0");
  }

  /**
   * A whole number, or null if absent.
   *
   * @throws ApiException if it is not one
   */
  public @Nullable Long number(String name) {
    if (!has(name)) {
      return null;
    }
    String value = first(name);
    try {
      return Long.valueOf(value);
    } catch (NumberFormatException e) {
      throw ApiException.badRequest("strconv.ParseInt: parsing \"" + value + "\": invalid syntax");
    }
  }
}
