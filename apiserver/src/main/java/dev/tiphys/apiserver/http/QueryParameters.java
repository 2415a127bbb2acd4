package dev.tiphys.apiserver.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The decoded query of a request: names with one or several values each. Immutable. */
public final class QueryParameters {

  /** A request without a query. */
  public static final QueryParameters EMPTY = new QueryParameters(Map.of());

  private final Map<String, List<String>> values;

  private QueryParameters(Map<String, List<String>> values) {
    this.values = values;
  }

  /**
   * Takes decoded parameters.
   *
   * @param values by name in the order of the query; copied
   */
  public static QueryParameters of(Map<String, List<String>> values) {
    if (values.isEmpty()) {
      return EMPTY;
    }
    Map<String, List<String>> copy = LinkedHashMap.newLinkedHashMap(values.size());
    values.forEach((name, list) -> copy.put(name, List.copyOf(list)));
    return new QueryParameters(copy);
  }

  /** The first value of a parameter, or null if it is not given. */
  public @Nullable String first(String name) {
    List<String> all = values.get(name);
    return all == null || all.isEmpty() ? null : all.getFirst();
  }

  /** All values of a parameter; empty if it is not given. */
  public List<String> all(String name) {
    return values.getOrDefault(name, List.of());
  }

  /** Whether a parameter is given, even with an empty value. */
  public boolean has(String name) {
    return values.containsKey(name);
  }

  /** The names given, in order. */
  public Set<String> names() {
    return values.keySet();
  }

  @Override
  public String toString() {
    return values.keySet().toString();
  }
}
