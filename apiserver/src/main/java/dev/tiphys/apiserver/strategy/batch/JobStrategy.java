package dev.tiphys.apiserver.strategy.batch;

import dev.tiphys.api.batch.v1.Job;
import dev.tiphys.api.batch.v1.JobSpec;
import dev.tiphys.api.batch.v1.JobStatus;
import dev.tiphys.api.batch.v1.PodFailurePolicy;
import dev.tiphys.api.core.v1.PodTemplateSpec;
import dev.tiphys.api.meta.v1.LabelSelector;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.selector.LabelSelectors;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.Strategy;
import dev.tiphys.apiserver.strategy.workload.PodWarnings;
import dev.tiphys.apiserver.strategy.workload.Templates;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rules of Job. */
public final class JobStrategy implements Strategy<Job> {

  private static final Path SPEC = Path.of("spec");
  private static final String UID_LABEL = "batch.kubernetes.io/controller-uid";
  private static final String NAME_LABEL = "batch.kubernetes.io/job-name";
  private static final String OLD_UID_LABEL = "controller-uid";
  private static final String OLD_NAME_LABEL = "job-name";

  @Override
  public List<String> nameFaults(String name, boolean prefix) {
    return DnsNames.subdomain(prefix ? DnsNames.maskTrailingDash(name) : name);
  }

  @Override
  public Job withDefaults(Job job) {
    JobSpec spec = job.spec();
    if (spec == null) {
      return job;
    }
    Job filled = job.withSpec(fill(spec));
    Map<String, String> labels = Templates.labels(spec.template());
    return job.metadata().labels().isEmpty() && !labels.isEmpty()
        ? filled.withMetadata(job.metadata().withLabels(labels))
        : filled;
  }

  /** A spec, of a job or of a schedule's, with what follows from other fields. */
  static JobSpec fill(JobSpec spec) {
    JobSpec.Builder filled = spec.toBuilder().template(Templates.fill(spec.template()));
    if (spec.completions() == null && spec.parallelism() == null) {
      filled.completions(1).parallelism(1);
    } else if (spec.parallelism() == null) {
      filled.parallelism(1);
    }
    if (spec.backoffLimit() == null) {
      filled.backoffLimit(spec.backoffLimitPerIndex() == null ? 6 : Integer.MAX_VALUE);
    }
    if (spec.podFailurePolicy() != null) {
      filled.podFailurePolicy(fill(spec.podFailurePolicy()));
    }
    if (spec.podReplacementPolicy() == null) {
      filled.podReplacementPolicy(
          spec.podFailurePolicy() == null ? "TerminatingOrFailed" : "Failed");
    }
    return filled.build();
  }

  private static PodFailurePolicy fill(PodFailurePolicy policy) {
    return policy.withRules(
        policy.rules().stream()
            .map(rule ->
                rule.withOnPodConditions(
                    rule.onPodConditions().stream()
                        .map(c -> c.status() == null ? c.withStatus("True") : c)
                        .toList()))
            .toList());
  }

  /** A job selects its pods by its own uid, unless it says that it selects them itself. */
  @Override
  public Job prepareForCreate(Job job) {
    Job fresh = job.withStatus(JobStatus.EMPTY);
    JobSpec spec = fresh.spec();
    if (spec == null || Boolean.TRUE.equals(spec.manualSelector())) {
      return fresh;
    }
    String uid = String.valueOf(job.metadata().uid());
    String name = String.valueOf(job.metadata().name());
    PodTemplateSpec template = Objects.requireNonNullElse(spec.template(), PodTemplateSpec.EMPTY);
    Map<String, String> labels = new LinkedHashMap<>(Templates.labels(template));
    // What a client set otherwise is refused by validation.
    labels.putIfAbsent(UID_LABEL, uid);
    labels.putIfAbsent(NAME_LABEL, name);
    labels.putIfAbsent(OLD_UID_LABEL, uid);
    labels.putIfAbsent(OLD_NAME_LABEL, name);
    ObjectMeta metadata = Objects.requireNonNullElse(template.metadata(), ObjectMeta.EMPTY);
    LabelSelector selector = Objects.requireNonNullElse(spec.selector(), LabelSelector.EMPTY);
    Map<String, String> selected = new LinkedHashMap<>(selector.matchLabels());
    selected.putIfAbsent(UID_LABEL, uid);
    return fresh.withSpec(
        spec.toBuilder()
            .selector(selector.withMatchLabels(selected))
            .template(template.withMetadata(metadata.withLabels(labels)))
            .build());
  }

  @Override
  public void validate(Job job, FieldErrors errors) {
    JobSpec spec = Objects.requireNonNullElse(job.spec(), JobSpec.EMPTY);
    validateGenerated(job, spec, errors);
    JobValidation.validate(spec, SPEC, errors);
    LabelSelector selector = spec.selector();
    if (selector == null) {
      errors.required(SPEC.child("selector"), "");
    } else {
      Checks.selector(selector, SPEC.child("selector"), errors);
      Map<String, String> labels = Templates.labels(spec.template());
      if (selects(selector, labels, false)) {
        errors.invalid(
            SPEC.child("template", "metadata", "labels"),
            labels,
            "`selector` does not match template `labels`");
      }
    }
    String name = job.metadata().name();
    if ("Indexed".equals(spec.completionMode()) && spec.completions() != null && name != null) {
      String last = name + "-" + (spec.completions() - 1);
      if (spec.completions() > 0 && !DnsNames.label(last).isEmpty()) {
        errors.invalid(
            Path.of("metadata", "name"),
            name,
            "will not able to create pod with invalid DNS label: " + last);
      }
    }
  }

  /** Labels and selector that the server made are still those that it made. */
  private static void validateGenerated(Job job, JobSpec spec, FieldErrors errors) {
    LabelSelector selector = spec.selector();
    if (Boolean.TRUE.equals(spec.manualSelector()) || selector == null) {
      return;
    }
    Map<String, String> labels = Templates.labels(spec.template());
    String uid = String.valueOf(job.metadata().uid());
    String name = String.valueOf(job.metadata().name());
    Map<String, String> made = new LinkedHashMap<>();
    made.put(OLD_UID_LABEL, uid);
    made.put(OLD_NAME_LABEL, name);
    made.put(UID_LABEL, uid);
    made.put(NAME_LABEL, name);
    made.forEach((key, value) -> {
      Path path = SPEC.child("template", "metadata", "labels").key(key);
      String had = labels.get(key);
      if (had == null) {
        errors.required(path, "must be '" + value + "'");
      } else if (!had.equals(value)) {
        errors.invalid(path, labels, "must be '" + value + "'");
      }
    });
    if (selects(selector, made, false)) {
      errors.invalid(SPEC.child("selector"), selector, "`selector` not auto-generated");
    }
  }

  /** Whether a well-formed selector selects labels, or does not; a faulty one does neither. */
  private static boolean selects(
      LabelSelector selector, Map<String, String> labels, boolean wanted) {
    try {
      return LabelSelectors.of(selector).matches(labels) == wanted;
    } catch (IllegalArgumentException _) {
      // Told of where the selector's syntax is checked.
      return false;
    }
  }

  @Override
  public void validateStatusUpdate(Job job, Job old, FieldErrors errors) {
    JobStatusRules.validate(job, old, errors);
  }

  @Override
  public void validateUpdate(Job job, Job old, FieldErrors errors) {
    JobSpec spec = Objects.requireNonNullElse(job.spec(), JobSpec.EMPTY);
    JobSpec before = Objects.requireNonNullElse(old.spec(), JobSpec.EMPTY);
    JobValidation.validateUpdate(spec, before, SPEC, old, errors);
    validate(job, errors);
  }

  @Override
  public List<String> warnings(Job job, @Nullable Job old) {
    List<String> warnings = new ArrayList<>();
    String name = old == null ? Checks.podNameWarning(job.metadata().name()) : null;
    if (name != null) {
      warnings.add(name);
    }
    JobSpec spec = Objects.requireNonNullElse(job.spec(), JobSpec.EMPTY);
    warnings.addAll(warnings(spec, old == null ? null : old.spec(), SPEC));
    return warnings;
  }

  /** What to say of a spec, of a job or of a schedule's. */
  static List<String> warnings(JobSpec spec, @Nullable JobSpec old, Path path) {
    List<String> warnings = new ArrayList<>();
    if ("Indexed".equals(spec.completionMode())
        && spec.completions() != null
        && spec.completions() > 100_000
        && spec.parallelism() != null
        && spec.parallelism() > 10_000) {
      warnings.add(
          path
              + ": In Indexed Jobs with a number of completions higher than 10^5 and a parallelism"
              + " higher than 10^4, Kubernetes might not be able to track completedIndexes when a"
              + " big number of indexes fail");
    }
    warnings.addAll(
        PodWarnings.ofTemplate(
            spec.template(), old == null ? null : old.template(), path.child("template")));
    return warnings;
  }

  @Override
  public List<String> selectableFields() {
    return List.of("status.successful");
  }

  @Override
  public String fieldValue(Job job, String field) {
    Integer succeeded = job.status() == null ? null : job.status().succeeded();
    return String.valueOf(succeeded == null ? 0 : succeeded);
  }
}
