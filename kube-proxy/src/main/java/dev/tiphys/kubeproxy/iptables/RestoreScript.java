package dev.tiphys.kubeproxy.iptables;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The input of {@code iptables-restore --noflush} that turns one rule set into another, touching
 * only chains that differ. Each table changes in one step of the kernel's, so no packet meets half
 * a rule set.
 */
public final class RestoreScript {

  private RestoreScript() {}

  /** The script; empty if the two are equal. */
  public static String between(RuleSet before, RuleSet after) {
    StringBuilder script = new StringBuilder();
    for (Table table : Table.values()) {
      appendTable(script, table, before.chains(table), after.chains(table));
    }
    return script.toString();
  }

  private static void appendTable(
      StringBuilder script,
      Table table,
      Map<String, List<String>> before,
      Map<String, List<String>> after) {
    Map<String, List<String>> changed = new TreeMap<>(after);
    changed.entrySet().removeIf(entry -> entry.getValue().equals(before.get(entry.getKey())));
    List<String> removed = before.keySet().stream().filter(c -> !after.containsKey(c)).toList();
    if (changed.isEmpty() && removed.isEmpty()) {
      return;
    }
    script.append('*').append(table.lowerCase()).append('\n');
    // Naming a chain creates it, or empties it if it exists.
    changed.keySet().forEach(chain -> script.append(':').append(chain).append(" - [0:0]\n"));
    removed.forEach(chain -> script.append(':').append(chain).append(" - [0:0]\n"));
    changed.forEach((chain, rules) ->
        rules.forEach(
            rule -> script.append("-A ").append(chain).append(' ').append(rule).append('\n')));
    removed.forEach(chain -> script.append("-X ").append(chain).append('\n'));
    script.append("COMMIT\n");
  }
}
