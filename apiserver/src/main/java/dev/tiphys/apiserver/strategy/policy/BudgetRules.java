package dev.tiphys.apiserver.strategy.policy;

import dev.tiphys.api.meta.v1.LabelSelector;
import dev.tiphys.api.policy.v1.PodDisruptionBudget;
import dev.tiphys.api.policy.v1.PodDisruptionBudgetSpec;
import dev.tiphys.api.policy.v1.PodDisruptionBudgetStatus;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.Conditions;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.Strategy;
import java.util.List;
import java.util.Objects;

/** The rules of PodDisruptionBudget. */
public final class BudgetRules {

  private static final Path SPEC = Path.of("spec");
  private static final Path STATUS = Path.of("status");

  private BudgetRules() {}

  /** The rules. */
  public static Strategy<PodDisruptionBudget> rules() {
    return KindRules.<PodDisruptionBudget>builder()
        .validate(BudgetRules::validate)
        .statusChange((object, old, errors) -> {
          PodDisruptionBudgetStatus status =
              Objects.requireNonNullElse(object.status(), PodDisruptionBudgetStatus.EMPTY);
          Conditions.validate(status.conditions(), STATUS.child("conditions"), errors);
          Checks.notNegative(
              status.disruptionsAllowed(), STATUS.child("podDisruptionsAllowed"), errors);
          Checks.notNegative(status.currentHealthy(), STATUS.child("currentHealthy"), errors);
          Checks.notNegative(status.desiredHealthy(), STATUS.child("desiredHealthy"), errors);
          Checks.notNegative(status.expectedPods(), STATUS.child("expectedPods"), errors);
        })
        .conditional()
        .build();
  }

  private static void validate(PodDisruptionBudget object, FieldErrors errors) {
    PodDisruptionBudgetSpec spec =
        Objects.requireNonNullElse(object.spec(), PodDisruptionBudgetSpec.EMPTY);
    if (spec.minAvailable() != null && spec.maxUnavailable() != null) {
      errors.invalid(SPEC, spec, "minAvailable and maxUnavailable cannot be both set");
    }
    Checks.share(spec.minAvailable(), true, SPEC.child("minAvailable"), errors);
    Checks.share(spec.maxUnavailable(), true, SPEC.child("maxUnavailable"), errors);
    LabelSelector selector = spec.selector();
    Checks.selector(selector, SPEC.child("selector"), errors);
    Checks.oneOf(
        spec.unhealthyPodEvictionPolicy(),
        List.of("AlwaysAllow", "IfHealthyBudget"),
        SPEC.child("unhealthyPodEvictionPolicy"),
        errors);
  }
}
