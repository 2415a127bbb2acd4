package dev.tiphys.api.usage;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.ResourceRequirements;
import dev.tiphys.api.value.Quantity;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A pod's quality of service class, as {@code status.qosClass} names it. Pure. */
public final class QosClass {

  private static final List<String> COUNTED = List.of("cpu", "memory");

  private QosClass() {}

  /**
   * {@code Guaranteed} if every container limits CPU and memory and requests as much, {@code
   * BestEffort} if none asks for anything, else {@code Burstable}.
   */
  public static String of(PodSpec spec) {
    List<ResourceRequirements> all =
        Stream.concat(spec.initContainers().stream(), spec.containers().stream())
            .map(Container::resources)
            .map(r -> r == null ? ResourceRequirements.EMPTY : r)
            .toList();
    if (all.stream().noneMatch(QosClass::asks)) {
      return "BestEffort";
    }
    return all.stream().allMatch(QosClass::isGuaranteed) ? "Guaranteed" : "Burstable";
  }

  private static boolean asks(ResourceRequirements resources) {
    return COUNTED.stream()
        .anyMatch(name ->
            isPositive(resources.limits().get(name)) || isPositive(resources.requests().get(name)));
  }

  private static boolean isGuaranteed(ResourceRequirements resources) {
    for (String name : COUNTED) {
      Quantity limit = resources.limits().get(name);
      Quantity request = resources.requests().get(name);
      if (!isPositive(limit)
          || (request != null && limit != null && request.compareTo(limit) != 0)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isPositive(@Nullable Quantity amount) {
    return amount != null && amount.signum() > 0;
  }
}
