package dev.tiphys.apiserver.strategy.policy;

import dev.tiphys.api.core.v1.ResourceQuota;
import dev.tiphys.api.core.v1.ResourceQuotaSpec;
import dev.tiphys.api.core.v1.ScopedResourceSelectorRequirement;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.api.value.Quantity;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.ResourceNames;
import dev.tiphys.apiserver.strategy.Strategy;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The rules of ResourceQuota. */
public final class QuotaRules {

  private static final Path SPEC = Path.of("spec");
  private static final Set<String> VALUED = Set.of("PriorityClass", "VolumeAttributesClass");
  private static final Set<String> SCOPES =
      Set.of(
          "BestEffort",
          "CrossNamespacePodAffinity",
          "NotBestEffort",
          "NotTerminating",
          "PriorityClass",
          "Terminating",
          "VolumeAttributesClass");

  private QuotaRules() {}

  /** The rules. */
  public static Strategy<ResourceQuota> rules() {
    return KindRules.<ResourceQuota>builder()
        .generations(false)
        .validate(QuotaRules::validate)
        .change((object, old, errors) -> {
          if (!new HashSet<>(in(object).scopes()).equals(new HashSet<>(in(old).scopes()))) {
            errors.invalid(SPEC.child("scopes"), in(object).scopes(), FieldError.IMMUTABLE);
          }
        })
        .statusChange((object, old, errors) -> {
          if (object.status() != null) {
            amounts(object.status().hard(), Path.of("status", "hard"), errors);
            amounts(object.status().used(), Path.of("status", "used"), errors);
          }
        })
        .build();
  }

  private static ResourceQuotaSpec in(ResourceQuota object) {
    return Objects.requireNonNullElse(object.spec(), ResourceQuotaSpec.EMPTY);
  }

  private static void amounts(Map<String, Quantity> amounts, Path path, FieldErrors errors) {
    amounts.forEach((name, amount) -> {
      ResourceNames.checkOfQuotas(name, path.key(name), errors);
      ResourceNames.checkAmount(name, amount, path.key(name), errors);
    });
  }

  private static void validate(ResourceQuota object, FieldErrors errors) {
    ResourceQuotaSpec spec = in(object);
    amounts(spec.hard(), SPEC.child("hard"), errors);
    Path path = SPEC.child("scopes");
    for (String scope : spec.scopes()) {
      validateScope(scope, spec.scopes(), spec, path, path, errors);
    }
    if (contradict(spec.scopes())) {
      errors.invalid(path, spec.scopes(), "conflicting scopes");
    }
    if (spec.scopeSelector() == null) {
      return;
    }
    Path at = SPEC.child("scopeSelector", "matchExpressions");
    List<ScopedResourceSelectorRequirement> terms = spec.scopeSelector().matchExpressions();
    for (ScopedResourceSelectorRequirement term : terms) {
      String scope = String.valueOf(term.scopeName());
      validateScope(scope, scope, spec, at.child("scopeName"), at, errors);
      validateTerm(term, scope, at, errors);
    }
    if (contradict(terms.stream().map(term -> String.valueOf(term.scopeName())).toList())) {
      errors.invalid(at, spec.scopes(), "conflicting scopes");
    }
  }

  private static void validateScope(
      String scope,
      Object shown,
      ResourceQuotaSpec spec,
      Path scopePath,
      Path path,
      FieldErrors errors) {
    if (!SCOPES.contains(scope)) {
      errors.invalid(scopePath, shown, "unsupported scope");
    }
    for (String name : spec.hard().keySet()) {
      if (ResourceNames.isOfQuotas(name) && !ResourceNames.fitsScope(name, scope)) {
        errors.invalid(path, spec.scopes(), "unsupported scope applied to resource");
      }
    }
  }

  private static boolean contradict(List<String> scopes) {
    return scopes.containsAll(List.of("BestEffort", "NotBestEffort"))
        || scopes.containsAll(List.of("Terminating", "NotTerminating"));
  }

  private static void validateTerm(
      ScopedResourceSelectorRequirement term, String scope, Path path, FieldErrors errors) {
    String operator = String.valueOf(term.operator());
    if (SCOPES.contains(scope) && !VALUED.contains(scope) && !operator.equals("Exists")) {
      errors.invalid(
          path.child("operator"),
          term.operator(),
          "must be 'Exist' when scope is any of ResourceQuotaScopeTerminating,"
              + " ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort,"
              + " ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity");
    }
    switch (operator) {
      case "In", "NotIn" -> {
        if (term.values().isEmpty()) {
          errors.required(
              path.child("values"),
              "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector");
        }
      }
      case "Exists", "DoesNotExist" -> {
        if (!term.values().isEmpty()) {
          errors.invalid(
              path.child("values"),
              term.values(),
              "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector");
        }
      }
      default ->
          errors.invalid(path.child("operator"), term.operator(), "not a valid selector operator");
    }
  }
}
