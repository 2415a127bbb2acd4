package dev.tiphys.apiserver.strategy.batch;

import dev.tiphys.api.batch.v1.JobSpec;
import dev.tiphys.api.batch.v1.PodFailurePolicyOnExitCodesRequirement;
import dev.tiphys.api.batch.v1.PodFailurePolicyOnPodConditionsPattern;
import dev.tiphys.api.batch.v1.PodFailurePolicyRule;
import dev.tiphys.api.batch.v1.SuccessPolicyRule;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.workload.Templates;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is wrong with what a job says of failed pods and of its own success. Pure. */
final class JobPolicies {

  private static final int MOST_RULES = 20;
  private static final int MOST_CODES = 255;
  private static final int MOST_CONDITIONS = 20;
  private static final int LONGEST_INDEXES = 64 * 1024;
  private static final List<String> ACTIONS = List.of("Count", "FailIndex", "FailJob", "Ignore");

  private JobPolicies() {}

  static void validateFailure(JobSpec spec, Path path, FieldErrors errors) {
    if (spec.podFailurePolicy() == null) {
      return;
    }
    Path rules = path.child("rules");
    List<PodFailurePolicyRule> all = spec.podFailurePolicy().rules();
    Checks.fits(all, MOST_RULES, rules, errors);
    PodSpec pods = Templates.spec(spec.template());
    Set<String> containers =
        Stream.concat(pods.containers().stream(), pods.initContainers().stream())
            .map(container -> String.valueOf(container.name()))
            .collect(Collectors.toSet());
    for (int i = 0; i < all.size(); i++) {
      PodFailurePolicyRule rule = all.get(i);
      Path at = rules.index(i);
      if ("FailIndex".equals(rule.action()) && spec.backoffLimitPerIndex() == null) {
        errors.invalid(
            at.child("action"), "FailIndex", "requires the backoffLimitPerIndex to be set");
      } else {
        listed(rule.action(), ACTIONS, at.child("action"), errors);
      }
      PodFailurePolicyOnExitCodesRequirement codes = rule.onExitCodes();
      if (codes != null) {
        validateCodes(codes, containers, at.child("onExitCodes"), errors);
      }
      validateConditions(rule.onPodConditions(), at.child("onPodConditions"), errors);
      if (codes != null && !rule.onPodConditions().isEmpty()) {
        errors.invalid(
            at,
            FieldError.OMITTED,
            "specifying both OnExitCodes and OnPodConditions is not supported");
      } else if (codes == null && rule.onPodConditions().isEmpty()) {
        errors.invalid(
            at,
            FieldError.OMITTED,
            "specifying one of OnExitCodes and OnPodConditions is required");
      }
    }
  }

  /** A word that must be there and one of a few; which ones is told also to who left it out. */
  private static void listed(
      @Nullable String word, List<String> allowed, Path path, FieldErrors errors) {
    if (word == null || word.isEmpty()) {
      String names = allowed.stream().map(w -> "\"" + w + "\"").collect(Collectors.joining(" "));
      errors.required(path, "valid values: [" + names + "]");
    } else {
      Checks.oneOf(word, allowed, path, errors);
    }
  }

  private static void validateConditions(
      List<PodFailurePolicyOnPodConditionsPattern> patterns, Path path, FieldErrors errors) {
    Checks.fits(patterns, MOST_CONDITIONS, path, errors);
    for (int i = 0; i < patterns.size(); i++) {
      Path at = path.index(i);
      Checks.qualifiedName(patterns.get(i).type(), at.child("type"), errors);
      listed(
          patterns.get(i).status(),
          List.of("False", "True", "Unknown"),
          at.child("status"),
          errors);
    }
  }

  private static void validateCodes(
      PodFailurePolicyOnExitCodesRequirement codes,
      Set<String> containers,
      Path path,
      FieldErrors errors) {
    listed(codes.operator(), List.of("In", "NotIn"), path.child("operator"), errors);
    if (codes.containerName() != null && !containers.contains(codes.containerName())) {
      errors.invalid(
          path.child("containerName"),
          codes.containerName(),
          "must be one of the container or initContainer names in the pod template");
    }
    Path values = path.child("values");
    if (codes.values().isEmpty()) {
      errors.invalid(values, codes.values(), "at least one value is required");
    }
    Checks.fits(codes.values(), MOST_CODES, values, errors);
    boolean ordered = true;
    Set<Integer> seen = new HashSet<>();
    for (int i = 0; i < codes.values().size(); i++) {
      int code = codes.values().get(i);
      if (code == 0 && "In".equals(codes.operator())) {
        errors.invalid(values.index(i), 0, "must not be 0 for the In operator");
      }
      if (!seen.add(code)) {
        errors.duplicate(values.index(i), code);
      }
      ordered &= i == 0 || codes.values().get(i - 1) <= code;
    }
    if (!ordered) {
      errors.invalid(values, codes.values(), "must be ordered");
    }
  }

  static void validateSuccess(JobSpec spec, Path path, FieldErrors errors) {
    if (spec.successPolicy() == null) {
      return;
    }
    if (!"Indexed".equals(spec.completionMode())) {
      errors.invalid(path, spec.successPolicy(), "requires indexed completion mode");
      return;
    }
    Path rules = path.child("rules");
    List<SuccessPolicyRule> all = spec.successPolicy().rules();
    if (all.isEmpty()) {
      errors.required(
          rules, "at least one rules must be specified when the successPolicy is specified");
    }
    Checks.fits(all, MOST_RULES, rules, errors);
    int completions = Objects.requireNonNullElse(spec.completions(), 0);
    for (int i = 0; i < all.size(); i++) {
      validateRule(all.get(i), completions, rules.index(i), errors);
    }
  }

  private static void validateRule(
      SuccessPolicyRule rule, int completions, Path path, FieldErrors errors) {
    String indexes = rule.succeededIndexes();
    Integer count = rule.succeededCount();
    if (count == null && indexes == null) {
      errors.required(path, "at least one of succeededCount or succeededIndexes must be specified");
    }
    int named = 0;
    if (indexes != null) {
      Path at = path.child("succeededIndexes");
      Checks.notLonger(indexes, LONGEST_INDEXES, at, errors);
      try {
        named = IndexText.count(indexes, completions);
      } catch (IllegalArgumentException e) {
        errors.invalid(at, indexes, "error parsing succeededIndexes: " + e.getMessage());
      }
    }
    if (count != null) {
      Path at = path.child("succeededCount");
      Checks.notNegative(count, at, errors);
      if (count > completions) {
        errors.invalid(
            at,
            count,
            "must be less than or equal to "
                + completions
                + " (the number of specified completions)");
      }
      if (indexes != null && count > named) {
        errors.invalid(
            at,
            count,
            "must be less than or equal to "
                + named
                + " (the number of indexes in the specified succeededIndexes field)");
      }
    }
  }
}
