package dev.tiphys.kubeproxy.iptables;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The contents of all chains that belong to the proxy.
 *
 * @param tables from table to chain name to the rules of the chain, without {@code -A CHAIN}
 */
public record RuleSet(Map<Table, Map<String, List<String>>> tables) {

  /** No chain at all. */
  public static final RuleSet EMPTY = new Builder().build();

  /** The chains of a table, by name. */
  public Map<String, List<String>> chains(Table table) {
    return tables.getOrDefault(table, Map.of());
  }

  /** Collects rules. For one thread. */
  public static final class Builder {

    private final Map<Table, Map<String, List<String>>> tables = new EnumMap<>(Table.class);

    /** Makes sure that a chain exists, even without rules. */
    public Builder chain(Table table, String chain) {
      rules(table, chain);
      return this;
    }

    /** Appends a rule: matches and target, without {@code -A CHAIN}. */
    public Builder rule(Table table, String chain, String rule) {
      rules(table, chain).add(rule);
      return this;
    }

    private List<String> rules(Table table, String chain) {
      return tables
          .computeIfAbsent(table, _ -> new TreeMap<>())
          .computeIfAbsent(chain, _ -> new ArrayList<>());
    }

    /** What was collected. */
    public RuleSet build() {
      Map<Table, Map<String, List<String>>> copy = new EnumMap<>(Table.class);
      tables.forEach((table, chains) -> {
        Map<String, List<String>> copied = new TreeMap<>();
        chains.forEach((chain, rules) -> copied.put(chain, List.copyOf(rules)));
        copy.put(table, Collections.unmodifiableMap(copied));
      });
      return new RuleSet(Collections.unmodifiableMap(copy));
    }
  }
}
