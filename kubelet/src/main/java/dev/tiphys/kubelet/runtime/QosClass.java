package dev.tiphys.kubelet.runtime;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.ResourceRequirements;
import dev.tiphys.api.value.Quantity;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** How a pod is treated when the node runs short; names as in {@code status.qosClass}. */
public enum QosClass {
  /** Every container has limits for CPU and memory, and requests as much. */
  Guaranteed,
  /** Something is requested or limited, but not all of it. */
  Burstable,
  /** Nothing is requested or limited. */
  BestEffort;

  private static final List<String> COUNTED = List.of("cpu", "memory");

  /** The class of a pod. */
  public static QosClass of(Pod pod) {
    PodSpec spec = pod.spec() == null ? PodSpec.EMPTY : pod.spec();
    List<ResourceRequirements> all =
        spec.resources() != null && mentionsAny(spec.resources())
            ? List.of(spec.resources())
            : Stream.concat(spec.initContainers().stream(), spec.containers().stream())
                .map(QosClass::resources)
                .toList();
    if (all.stream().noneMatch(QosClass::mentionsAny)) {
      return BestEffort;
    }
    return all.stream().allMatch(QosClass::isGuaranteed) ? Guaranteed : Burstable;
  }

  static ResourceRequirements resources(Container container) {
    return container.resources() == null ? ResourceRequirements.EMPTY : container.resources();
  }

  private static boolean mentionsAny(ResourceRequirements resources) {
    return COUNTED.stream()
        .anyMatch(
            name -> isPositive(resources.limits(), name) || isPositive(resources.requests(), name));
  }

  private static boolean isGuaranteed(ResourceRequirements resources) {
    return COUNTED.stream()
        .allMatch(name -> {
          Quantity limit = resources.limits().get(name);
          Quantity request = resources.requests().get(name);
          return limit != null
              && limit.signum() > 0
              && (request == null || limit.compareTo(request) == 0);
        });
  }

  private static boolean isPositive(Map<String, Quantity> amounts, String name) {
    Quantity amount = amounts.get(name);
    return amount != null && amount.signum() > 0;
  }
}
