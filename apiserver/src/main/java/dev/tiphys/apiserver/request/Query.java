package dev.tiphys.apiserver.request;

import dev.tiphys.apiserver.http.QueryParameters;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The parameters behind the question mark, read as options of the API are. Immutable. */
public final class Query {

  /** No parameters. */
  public static final Query EMPTY = new Query(QueryParameters.EMPTY);

  private final QueryParameters values;

  private Query(QueryParameters values) {
    this.values = values;
  }

  /** The parameters of a request. */
  public static Query of(QueryParameters parameters) {
    return new Query(parameters);
  }

  /** Whether a parameter is there, even if empty. */
  public boolean has(String name) {
    return values.has(name);
  }

  /** All values of a parameter. */
  public List<String> all(String name) {
    return values.all(name);
  }

  /** The first value of a parameter, empty if it is absent. */
  public String first(String name) {
    String found = values.first(name);
    return found == null ? "" : found;
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
