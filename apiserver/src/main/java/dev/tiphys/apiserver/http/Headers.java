package dev.tiphys.apiserver.http;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Header fields of a request or response, in order, names compared without regard to case.
 * Immutable and thread-safe.
 */
public final class Headers {

  /** No fields. */
  public static final Headers EMPTY = new Headers(new String[0]);

  // name, value, name, value, …: a request has about ten, so a scan beats a map.
  private final String[] fields;

  private Headers(String[] fields) {
    this.fields = fields;
  }

  /**
   * Makes headers.
   *
   * @param namesAndValues name, value, name, value, …
   * @throws IllegalArgumentException if a value is missing, or one holds a line break
   */
  public static Headers of(String... namesAndValues) {
    if (namesAndValues.length % 2 != 0) {
      throw new IllegalArgumentException("a header name without a value");
    }
    for (String text : namesAndValues) {
      if (text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0 || text.indexOf('\0') >= 0) {
        throw new IllegalArgumentException("a header field cannot hold a line break");
      }
    }
    return new Headers(namesAndValues.clone());
  }

  /** The first value of a field, or null. */
  public @Nullable String first(String name) {
    for (int i = 0; i < fields.length; i += 2) {
      if (fields[i].equalsIgnoreCase(name)) {
        return fields[i + 1];
      }
    }
    return null;
  }

  /** The first value of a field, or another. */
  public String firstOr(String name, String other) {
    String value = first(name);
    return value == null ? other : value;
  }

  /** All values of a field, one an occurrence, not split at commas. */
  public List<String> all(String name) {
    List<String> values = new ArrayList<>(1);
    for (int i = 0; i < fields.length; i += 2) {
      if (fields[i].equalsIgnoreCase(name)) {
        values.add(fields[i + 1]);
      }
    }
    return values;
  }

  /** Whether a comma-separated field names a token, as {@code Connection: keep-alive, Upgrade}. */
  public boolean hasToken(String name, String token) {
    for (String value : all(name)) {
      for (String part : value.split(",")) {
        if (part.strip().equalsIgnoreCase(token)) {
          return true;
        }
      }
    }
    return false;
  }

  /** These and one field more. */
  public Headers with(String name, String value) {
    Headers added = of(name, value);
    String[] all = Arrays.copyOf(fields, fields.length + 2);
    all[fields.length] = added.fields[0];
    all[fields.length + 1] = added.fields[1];
    return new Headers(all);
  }

  /** These and, behind them, others. */
  public Headers and(Headers others) {
    if (others.fields.length == 0) {
      return this;
    }
    String[] all = Arrays.copyOf(fields, fields.length + others.fields.length);
    System.arraycopy(others.fields, 0, all, fields.length, others.fields.length);
    return new Headers(all);
  }

  /** Calls back for each field in order. */
  public void forEach(BiConsumer<String, String> each) {
    for (int i = 0; i < fields.length; i += 2) {
      each.accept(fields[i], fields[i + 1]);
    }
  }

  /** How many fields there are. */
  public int size() {
    return fields.length / 2;
  }

  @Override
  public String toString() {
    return "Headers" + size();
  }
}
