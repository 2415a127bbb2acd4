package dev.tiphys.api.usage;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.ResourceRequirements;
import dev.tiphys.api.value.Quantity;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What all containers of a pod take together. What runs at once adds up; an init container runs
 * alone before the others, so only the largest counts; one that is always restarted runs on beside
 * all that start after it (KEP-753). Pure.
 */
public final class PodAmounts {

  private PodAmounts() {}

  /** What is asked for, by resource, and what the sandbox takes. */
  public static Map<String, Quantity> requests(PodSpec spec) {
    Map<String, Quantity> sum = ofContainers(spec, ResourceRequirements::requests);
    spec.overhead().forEach((name, amount) -> sum.merge(name, amount, Quantity::plus));
    return sum;
  }

  /** What is not to be exceeded, by resource; the sandbox counts where anything is limited. */
  public static Map<String, Quantity> limits(PodSpec spec) {
    Map<String, Quantity> sum = ofContainers(spec, ResourceRequirements::limits);
    spec.overhead()
        .forEach((name, amount) -> sum.computeIfPresent(name, (_, limit) -> limit.plus(amount)));
    return sum;
  }

  /** What containers ask for, without what the sandbox takes. */
  public static Map<String, Quantity> ofContainers(
      PodSpec spec, Function<ResourceRequirements, Map<String, Quantity>> amounts) {
    Map<String, Quantity> together = new TreeMap<>();
    Map<String, Quantity> peak = new TreeMap<>();
    for (Container container : spec.initContainers()) {
      Map<String, Quantity> own = amounts.apply(resources(container));
      if ("Always".equals(container.restartPolicy())) {
        own.forEach((name, amount) -> together.merge(name, amount, Quantity::plus));
        together.forEach((name, amount) -> peak.merge(name, amount, PodAmounts::larger));
      } else {
        own.forEach((name, amount) -> {
          Quantity beside = amount.plus(together.getOrDefault(name, Quantity.ZERO));
          peak.merge(name, beside, PodAmounts::larger);
        });
      }
    }
    for (Container container : spec.containers()) {
      amounts
          .apply(resources(container))
          .forEach((name, amount) -> together.merge(name, amount, Quantity::plus));
    }
    peak.forEach((name, amount) -> together.merge(name, amount, PodAmounts::larger));
    return together;
  }

  private static ResourceRequirements resources(Container container) {
    return container.resources() == null ? ResourceRequirements.EMPTY : container.resources();
  }

  private static Quantity larger(Quantity one, Quantity other) {
    return one.compareTo(other) >= 0 ? one : other;
  }
}
