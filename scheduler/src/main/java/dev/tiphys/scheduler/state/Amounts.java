package dev.tiphys.scheduler.state;

import dev.tiphys.api.value.Quantity;
import java.util.HashMap;
import java.util.Map;

/**
 * Amounts of resources, by resource name: what a node has or what pods ask for. CPU is counted in
 * thousandths of a core, everything else in units (bytes, pieces). Immutable.
 *
 * @param byName only names whose amount is not zero
 */
public record Amounts(Map<String, Long> byName) {

  /** The name of CPU time. */
  public static final String CPU = "cpu";

  /** The name of memory. */
  public static final String MEMORY = "memory";

  /** The name of the number of pods, which only nodes have. */
  public static final String PODS = "pods";

  /** Nothing. */
  public static final Amounts NONE = new Amounts(Map.of());

  /** Copies the map. */
  public Amounts {
    byName = Map.copyOf(byName);
  }

  /** Reads a resource list of the API, as {@code status.allocatable} or {@code requests}. */
  public static Amounts of(Map<String, Quantity> list) {
    Map<String, Long> amounts = HashMap.newHashMap(list.size());
    list.forEach((name, quantity) ->
        amounts.put(name, name.equals(CPU) ? quantity.milliValue() : quantity.value()));
    return new Amounts(amounts);
  }

  /** The amount of a resource; 0 if there is none. */
  public long get(String name) {
    return byName.getOrDefault(name, 0L);
  }

  /** The sum of both. */
  public Amounts plus(Amounts other) {
    if (other.byName.isEmpty()) {
      return this;
    }
    Map<String, Long> sum = new HashMap<>(byName);
    other.byName.forEach((name, amount) -> sum.merge(name, amount, Long::sum));
    return new Amounts(sum);
  }

  /** The larger of both, resource by resource. */
  public Amounts max(Amounts other) {
    Map<String, Long> max = new HashMap<>(byName);
    other.byName.forEach((name, amount) -> max.merge(name, amount, Math::max));
    return new Amounts(max);
  }
}
