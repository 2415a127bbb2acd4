package dev.tiphys.apiserver.strategy.workload;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.ResourceRequirements;
import dev.tiphys.api.usage.PodAmounts;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.api.value.Quantity;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is wrong with the resources that a pod asks for as a whole. Pure. */
final class PodResources {

  private static final List<String> KNOWN = List.of("cpu", "hugepages-", "memory");

  private PodResources() {}

  static void validate(PodSpec spec, Path path, FieldErrors errors) {
    ResourceRequirements resources = spec.resources();
    if (resources == null) {
      return;
    }
    if (!resources.claims().isEmpty()) {
      errors.forbidden(path.child("claims"), "claims cannot be set for Resources at pod-level");
    }
    checkNames(resources.limits(), path.child("limits"), errors);
    checkNames(resources.requests(), path.child("requests"), errors);
    ResourceValidation.validate(resources.withClaims(List.of()), Set.of(), path, errors);
    PodAmounts.ofContainers(spec, ResourceRequirements::requests)
        .forEach((name, sum) -> {
          Quantity own = resources.requests().getOrDefault(name, Quantity.ZERO);
          if (isKnown(name) && !resources.requests().isEmpty() && sum.compareTo(own) > 0) {
            errors.invalid(
                path.child("requests").key(name),
                own.toString(),
                "must be greater than or equal to aggregate container requests of " + sum);
          }
        });
    for (int i = 0; i < spec.containers().size(); i++) {
      Path at = path.child("containers").index(i);
      limits(spec.containers().get(i))
          .forEach((name, limit) -> {
            Quantity own = resources.limits().get(name);
            if (own != null && limit.compareTo(own) > 0) {
              errors.invalid(
                  at.key(name).child("limits"),
                  limit.toString(),
                  "must be less than or equal to pod limits of " + own);
            }
          });
    }
  }

  private static void checkNames(Map<String, Quantity> amounts, Path path, FieldErrors errors) {
    for (String name : amounts.keySet()) {
      if (!isKnown(name)) {
        errors.notSupported(path.key(name), name, KNOWN);
      }
    }
  }

  private static boolean isKnown(String name) {
    return name.equals("cpu") || name.equals("memory") || name.startsWith("hugepages-");
  }

  private static Map<String, Quantity> limits(Container container) {
    return container.resources() == null ? Map.of() : container.resources().limits();
  }
}
