package dev.tiphys.apiserver.strategy.workload;

import dev.tiphys.api.core.v1.ResourceClaim;
import dev.tiphys.api.core.v1.ResourceRequirements;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.api.value.Quantity;
import dev.tiphys.apiserver.strategy.ResourceNames;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What is wrong with the resources that a container asks for. Pure. */
final class ResourceValidation {

  private static final String HUGE_PAGES = "hugepages-";

  private ResourceValidation() {}

  /**
   * Checks what one container asks for.
   *
   * @param claims the names of the pod's claims to devices
   */
  static void validate(
      ResourceRequirements resources, Set<String> claims, Path path, FieldErrors errors) {
    Path limits = path.child("limits");
    Path requests = path.child("requests");
    resources
        .limits()
        .forEach((name, amount) -> {
          ResourceNames.checkOfContainers(name, limits.key(name), errors);
          checkAmount(name, amount, limits.key(name), errors);
        });
    resources
        .requests()
        .forEach((name, amount) -> {
          ResourceNames.checkOfContainers(name, requests.key(name), errors);
          checkAmount(name, amount, requests.key(name), errors);
          checkLimit(name, amount, resources, path, errors);
        });
    boolean huge = anyHuge(resources.limits()) || anyHuge(resources.requests());
    if (huge && !asksForCompute(resources.limits()) && !asksForCompute(resources.requests())) {
      errors.forbidden(path, "HugePages require cpu or memory");
    }
    if (!resources.claims().isEmpty()) {
      validateClaims(resources.claims(), claims, path.child("claims"), errors);
    }
  }

  /** What the sandbox itself takes, which is all limits. */
  static void validateOverhead(Map<String, Quantity> overhead, Path path, FieldErrors errors) {
    validate(ResourceRequirements.builder().limits(overhead).build(), Set.of(), path, errors);
  }

  private static void checkAmount(String name, Quantity amount, Path path, FieldErrors errors) {
    ResourceNames.checkAmount(name, amount, path, errors);
    if (name.startsWith(HUGE_PAGES) && !wholePages(name, amount)) {
      errors.invalid(
          path, amount.toString(), amount + " is not positive integer multiple of " + name);
    }
  }

  private static boolean wholePages(String name, Quantity amount) {
    try {
      Quantity page = Quantity.parse(name.substring(HUGE_PAGES.length()));
      return amount.signum() > 0
          && page.signum() > 0
          && amount.amount().remainder(page.amount()).compareTo(BigDecimal.ZERO) == 0;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  private static void checkLimit(
      String name, Quantity amount, ResourceRequirements resources, Path path, FieldErrors errors) {
    Quantity limit = resources.limits().get(name);
    boolean shared = ResourceNames.isOvercommitted(name);
    if (limit == null) {
      if (!shared) {
        errors.required(path.child("limits"), "Limit must be set for non overcommitable resources");
      }
    } else if (!shared && amount.compareTo(limit) != 0) {
      errors.invalid(
          path.child("requests"),
          amount.toString(),
          "must be equal to " + name + " limit of " + limit);
    } else if (amount.compareTo(limit) > 0) {
      errors.invalid(
          path.child("requests"),
          amount.toString(),
          "must be less than or equal to " + name + " limit of " + limit);
    }
  }

  private static boolean anyHuge(Map<String, Quantity> amounts) {
    return amounts.keySet().stream().anyMatch(name -> name.startsWith(HUGE_PAGES));
  }

  private static boolean asksForCompute(Map<String, Quantity> amounts) {
    return amounts.containsKey("cpu") || amounts.containsKey("memory");
  }

  private static void validateClaims(
      List<ResourceClaim> used, Set<String> claims, Path path, FieldErrors errors) {
    Set<String> whole = new HashSet<>();
    Set<String> touched = new HashSet<>();
    Set<String> requests = new HashSet<>();
    for (int i = 0; i < used.size(); i++) {
      Path at = path.index(i);
      String name = Objects.requireNonNullElse(used.get(i).name(), "");
      String request = Objects.requireNonNullElse(used.get(i).request(), "");
      if (name.isEmpty()) {
        errors.required(at, "");
        continue;
      }
      if (!request.isEmpty()) {
        errors.invalid(at.child("request"), request, DnsNames.label(request));
      }
      // A claim is named as a whole, or some of its requests are, each once.
      boolean again =
          whole.contains(name)
              || (request.isEmpty() ? touched.contains(name) : !requests.add(name + "/" + request));
      if (again) {
        errors.duplicate(
            at, request.isEmpty() || whole.contains(name) ? name : name + "/" + request);
      }
      touched.add(name);
      if (request.isEmpty()) {
        whole.add(name);
      }
      if (!claims.contains(name)) {
        errors.notFound(at, name);
      }
    }
  }
}
