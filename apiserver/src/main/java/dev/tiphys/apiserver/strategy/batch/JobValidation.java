package dev.tiphys.apiserver.strategy.batch;

import dev.tiphys.api.batch.v1.Job;
import dev.tiphys.api.batch.v1.JobSpec;
import dev.tiphys.api.batch.v1.PodFailurePolicyOnExitCodesRequirement;
import dev.tiphys.api.batch.v1.PodFailurePolicyRule;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.PodTemplateSpec;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.workload.Templates;
import java.util.List;
import java.util.Objects;

/** What is wrong with the spec of a job, or of the jobs of a schedule. Pure. */
final class JobValidation {

  private static final int MOST_RULES = 20;
  private static final int MOST_INDEXED_PARALLELISM = 100_000;

  private JobValidation() {}

  static void validate(JobSpec spec, Path path, FieldErrors errors) {
    Checks.notNegative(spec.parallelism(), path.child("parallelism"), errors);
    Checks.notNegative(spec.completions(), path.child("completions"), errors);
    Checks.notNegative(spec.activeDeadlineSeconds(), path.child("activeDeadlineSeconds"), errors);
    Checks.notNegative(spec.backoffLimit(), path.child("backoffLimit"), errors);
    Checks.notNegative(
        spec.ttlSecondsAfterFinished(), path.child("ttlSecondsAfterFinished"), errors);
    Checks.notNegative(spec.backoffLimitPerIndex(), path.child("backoffLimitPerIndex"), errors);
    Checks.notNegative(spec.maxFailedIndexes(), path.child("maxFailedIndexes"), errors);
    if (spec.managedBy() != null) {
      Checks.qualifiedName(spec.managedBy(), path.child("managedBy"), errors);
      if (!String.valueOf(spec.managedBy()).contains("/")) {
        errors.invalid(
            path.child("managedBy"),
            spec.managedBy(),
            "must be a domain-prefixed path (such as" + " \"acme.io/foo\")");
      }
    }
    validateMode(spec, path, errors);
    validateFailurePolicy(spec, path, errors);
    if (spec.successPolicy() != null && !"Indexed".equals(spec.completionMode())) {
      errors.invalid(
          path.child("successPolicy"), spec.successPolicy(), "requires indexed completion mode");
    }
    Checks.oneOf(
        spec.podReplacementPolicy(),
        spec.podFailurePolicy() == null
            ? List.of("Failed", "TerminatingOrFailed")
            : List.of("Failed"),
        path.child("podReplacementPolicy"),
        errors);
    validateTemplate(spec, path, errors);
  }

  private static void validateMode(JobSpec spec, Path path, FieldErrors errors) {
    Checks.oneOf(
        spec.completionMode(),
        List.of("Indexed", "NonIndexed"),
        path.child("completionMode"),
        errors);
    boolean indexed = "Indexed".equals(spec.completionMode());
    if (indexed && spec.completions() == null) {
      errors.required(path.child("completions"), "when completion mode is Indexed");
    }
    if (indexed && spec.parallelism() != null && spec.parallelism() > MOST_INDEXED_PARALLELISM) {
      errors.invalid(
          path.child("parallelism"),
          spec.parallelism(),
          "must be less than or equal to 100000 when completion mode is Indexed");
    }
    if (!indexed && spec.backoffLimitPerIndex() != null) {
      errors.invalid(
          path.child("backoffLimitPerIndex"),
          spec.backoffLimitPerIndex(),
          "requires indexed completion mode");
    }
    if (!indexed && spec.maxFailedIndexes() != null) {
      errors.invalid(
          path.child("maxFailedIndexes"),
          spec.maxFailedIndexes(),
          "requires indexed completion mode");
    }
  }

  private static void validateFailurePolicy(JobSpec spec, Path path, FieldErrors errors) {
    if (spec.podFailurePolicy() == null) {
      return;
    }
    Path rules = path.child("podFailurePolicy", "rules");
    List<PodFailurePolicyRule> all = spec.podFailurePolicy().rules();
    if (all.size() > MOST_RULES) {
      errors.add(dev.tiphys.api.validation.FieldError.tooMany(rules, all.size(), MOST_RULES));
    }
    for (int i = 0; i < all.size(); i++) {
      PodFailurePolicyRule rule = all.get(i);
      Path at = rules.index(i);
      Checks.requiredOneOf(
          rule.action(),
          List.of("Count", "FailIndex", "FailJob", "Ignore"),
          at.child("action"),
          errors);
      if ("FailIndex".equals(rule.action()) && spec.backoffLimitPerIndex() == null) {
        errors.invalid(
            at.child("action"), "FailIndex", "requires the backoffLimitPerIndex to be set");
      }
      PodFailurePolicyOnExitCodesRequirement codes = rule.onExitCodes();
      if (codes == null && rule.onPodConditions().isEmpty()) {
        errors.invalid(at, rule, "specifying one of OnExitCodes and OnPodConditions is required");
      } else if (codes != null && !rule.onPodConditions().isEmpty()) {
        errors.invalid(
            at, rule, "specifying both OnExitCodes and OnPodConditions is not supported");
      }
      if (codes != null) {
        validateCodes(codes, at.child("onExitCodes"), errors);
      }
    }
    String restart = Templates.spec(spec.template()).restartPolicy();
    if (restart != null && !restart.equals("Never")) {
      errors.invalid(
          path.child("template", "spec", "restartPolicy"),
          restart,
          "only \"Never\" is supported when podFailurePolicy is specified");
    }
  }

  private static void validateCodes(
      PodFailurePolicyOnExitCodesRequirement codes, Path path, FieldErrors errors) {
    Checks.requiredOneOf(codes.operator(), List.of("In", "NotIn"), path.child("operator"), errors);
    if (codes.values().isEmpty()) {
      errors.invalid(path.child("values"), codes.values(), "at least one value is required");
    }
    for (int i = 0; i < codes.values().size(); i++) {
      if (codes.values().get(i) == 0 && "In".equals(codes.operator())) {
        errors.invalid(path.child("values").index(i), 0, "must not be 0 for the In operator");
      }
    }
  }

  private static void validateTemplate(JobSpec spec, Path path, FieldErrors errors) {
    Path at = path.child("template");
    Templates.validate(spec.template(), at, errors);
    PodSpec pods = Templates.spec(spec.template());
    Path policy = at.child("spec", "restartPolicy");
    if ("Always".equals(pods.restartPolicy())) {
      errors.required(policy, "valid values: \"OnFailure\", \"Never\"");
    } else if (pods.restartPolicy() != null) {
      Checks.oneOf(pods.restartPolicy(), List.of("OnFailure", "Never"), policy, errors);
    }
  }

  static void validateUpdate(JobSpec spec, JobSpec before, Path path, Job old, FieldErrors errors) {
    boolean resized =
        "Indexed".equals(spec.completionMode())
            && Objects.equals(spec.completions(), spec.parallelism());
    if (!resized) {
      Checks.immutable(spec.completions(), before.completions(), path.child("completions"), errors);
    }
    Checks.immutable(spec.selector(), before.selector(), path.child("selector"), errors);
    Checks.immutable(
        template(spec, before, old), before.template(), path.child("template"), errors);
    Checks.immutable(
        spec.completionMode(), before.completionMode(), path.child("completionMode"), errors);
    Checks.immutable(
        spec.podFailurePolicy(), before.podFailurePolicy(), path.child("podFailurePolicy"), errors);
    Checks.immutable(
        spec.backoffLimitPerIndex(),
        before.backoffLimitPerIndex(),
        path.child("backoffLimitPerIndex"),
        errors);
    Checks.immutable(spec.managedBy(), before.managedBy(), path.child("managedBy"), errors);
    Checks.immutable(
        spec.successPolicy(), before.successPolicy(), path.child("successPolicy"), errors);
  }

  /** The template as an update may not change it: where pods run may, while the job waits. */
  private static PodTemplateSpec template(JobSpec spec, JobSpec before, Job old) {
    PodTemplateSpec template = Objects.requireNonNullElse(spec.template(), PodTemplateSpec.EMPTY);
    PodTemplateSpec had = Objects.requireNonNullElse(before.template(), PodTemplateSpec.EMPTY);
    boolean started = old.status() != null && old.status().startTime() != null;
    if (!Boolean.TRUE.equals(before.suspend()) || started) {
      return template;
    }
    PodSpec pods = Templates.spec(template);
    PodSpec were = Templates.spec(had);
    return template.toBuilder()
        .metadata(had.metadata())
        .spec(
            pods.toBuilder()
                .affinity(were.affinity())
                .nodeSelector(were.nodeSelector())
                .tolerations(were.tolerations())
                .schedulingGates(were.schedulingGates())
                .build())
        .build();
  }
}
