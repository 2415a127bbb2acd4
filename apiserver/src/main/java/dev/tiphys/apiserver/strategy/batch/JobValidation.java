package dev.tiphys.apiserver.strategy.batch;

import dev.tiphys.api.batch.v1.Job;
import dev.tiphys.api.batch.v1.JobSpec;
import dev.tiphys.api.batch.v1.JobStatus;
import dev.tiphys.api.core.v1.Affinity;
import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.PodTemplateSpec;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.workload.Templates;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What is wrong with the spec of a job, or of the jobs of a schedule. Pure. */
final class JobValidation {

  private static final int LONGEST_MANAGER = 63;
  private static final int MOST_INDEXED = 100_000;
  private static final int MOST_OF_MANY = 10_000;

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
    if (spec.maxFailedIndexes() != null && spec.backoffLimitPerIndex() == null) {
      errors.required(path.child("backoffLimitPerIndex"), "when maxFailedIndexes is specified");
    }
    if (spec.managedBy() != null) {
      Checks.prefixedPath(spec.managedBy(), path.child("managedBy"), errors);
      Checks.notLonger(spec.managedBy(), LONGEST_MANAGER, path.child("managedBy"), errors);
    }
    Checks.oneOf(
        spec.completionMode(),
        List.of("NonIndexed", "Indexed"),
        path.child("completionMode"),
        errors);
    if ("Indexed".equals(spec.completionMode())) {
      validateIndexed(spec, path, errors);
    } else if (spec.completionMode() == null || spec.completionMode().equals("NonIndexed")) {
      needsIndexes(spec.backoffLimitPerIndex(), path.child("backoffLimitPerIndex"), errors);
      needsIndexes(spec.maxFailedIndexes(), path.child("maxFailedIndexes"), errors);
    }
    JobPolicies.validateFailure(spec, path.child("podFailurePolicy"), errors);
    JobPolicies.validateSuccess(spec, path.child("successPolicy"), errors);
    Checks.oneOf(
        spec.podReplacementPolicy(),
        spec.podFailurePolicy() == null
            ? List.of("Failed", "TerminatingOrFailed")
            : List.of("Failed"),
        path.child("podReplacementPolicy"),
        errors);
    validateTemplate(spec, path, errors);
  }

  private static void needsIndexes(@Nullable Integer value, Path path, FieldErrors errors) {
    if (value != null) {
      errors.invalid(path, value, "requires indexed completion mode");
    }
  }

  private static void validateIndexed(JobSpec spec, Path path, FieldErrors errors) {
    Integer completions = spec.completions();
    if (completions == null) {
      errors.required(path.child("completions"), "when completion mode is Indexed");
    }
    notAbove(
        spec.parallelism(),
        MOST_INDEXED,
        " when completion mode is Indexed",
        path.child("parallelism"),
        errors);
    Path failed = path.child("maxFailedIndexes");
    if (completions != null
        && spec.maxFailedIndexes() != null
        && spec.maxFailedIndexes() > completions) {
      errors.invalid(failed, spec.maxFailedIndexes(), "must be less than or equal to completions");
    }
    notAbove(spec.maxFailedIndexes(), MOST_INDEXED, "", failed, errors);
    if (completions == null || completions <= MOST_INDEXED || spec.backoffLimitPerIndex() == null) {
      return;
    }
    // So many indexes are only kept track of if few of them can fail at a time.
    if (spec.maxFailedIndexes() == null) {
      errors.required(failed, "must be specified when completions is above " + MOST_INDEXED);
    }
    String when =
        " when completions are above " + MOST_INDEXED + " and used with backoff limit per index";
    notAbove(spec.parallelism(), MOST_OF_MANY, when, path.child("parallelism"), errors);
    notAbove(spec.maxFailedIndexes(), MOST_OF_MANY, when, failed, errors);
  }

  private static void notAbove(
      @Nullable Integer value, int most, String when, Path path, FieldErrors errors) {
    if (value != null && value > most) {
      errors.invalid(path, value, "must be less than or equal to " + most + when);
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
      if (spec.podFailurePolicy() != null && pods.restartPolicy().equals("OnFailure")) {
        errors.invalid(
            policy,
            pods.restartPolicy(),
            "only \"Never\" is supported when podFailurePolicy is specified");
      }
    }
  }

  static void validateUpdate(JobSpec spec, JobSpec before, Path path, Job old, FieldErrors errors) {
    if (!"Indexed".equals(spec.completionMode())) {
      Checks.immutable(spec.completions(), before.completions(), path.child("completions"), errors);
    } else if (spec.completions() != null
        && !spec.completions().equals(before.completions())
        && !spec.completions().equals(spec.parallelism())) {
      errors.invalid(
          path.child("completions"),
          spec.completions(),
          "can only be modified in tandem with spec.parallelism");
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

  /** A job that ran before it was told to wait has no pods once its controller says so. */
  private static boolean mayHavePods(Job job) {
    JobStatus status = Objects.requireNonNullElse(job.status(), JobStatus.EMPTY);
    boolean suspended =
        status.conditions().stream()
            .anyMatch(c -> "Suspended".equals(c.type()) && "True".equals(c.status()));
    boolean active = status.active() != null && status.active() > 0;
    return active || (status.startTime() != null && !suspended);
  }

  /** The containers as if they asked for what they asked for before. */
  private static List<Container> withResources(List<Container> now, List<Container> had) {
    if (now.size() != had.size()) {
      return now;
    }
    return IntStream.range(0, now.size())
        .mapToObj(i -> now.get(i).withResources(had.get(i).resources()))
        .toList();
  }

  /**
   * The template as an update may not change it: where pods run, and what they ask for, may while
   * the job waits.
   */
  private static PodTemplateSpec template(JobSpec spec, JobSpec before, Job old) {
    PodTemplateSpec template = Objects.requireNonNullElse(spec.template(), PodTemplateSpec.EMPTY);
    PodTemplateSpec had = Objects.requireNonNullElse(before.template(), PodTemplateSpec.EMPTY);
    if (!Boolean.TRUE.equals(before.suspend()) || mayHavePods(old)) {
      return template;
    }
    PodSpec pods = Templates.spec(template);
    PodSpec were = Templates.spec(had);
    return template.toBuilder()
        .metadata(had.metadata())
        .spec(
            pods.toBuilder()
                .affinity(affinity(pods.affinity(), were.affinity()))
                .nodeSelector(were.nodeSelector())
                .tolerations(were.tolerations())
                .schedulingGates(were.schedulingGates())
                .containers(withResources(pods.containers(), were.containers()))
                .initContainers(withResources(pods.initContainers(), were.initContainers()))
                .build())
        .build();
  }

  /** The affinity as if that to nodes had not changed. */
  private static @Nullable Affinity affinity(@Nullable Affinity now, @Nullable Affinity had) {
    Affinity restored =
        Objects.requireNonNullElse(now, Affinity.EMPTY)
            .withNodeAffinity(had == null ? null : had.nodeAffinity());
    return had == null && restored.equals(Affinity.EMPTY) ? null : restored;
  }
}
