package dev.tiphys.apiserver.strategy.batch;

import dev.tiphys.api.batch.v1.Job;
import dev.tiphys.api.batch.v1.JobSpec;
import dev.tiphys.api.batch.v1.JobStatus;
import dev.tiphys.api.batch.v1.UncountedTerminatedPods;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What a job's status may become. Whoever runs a job, this cluster's controller or one named by
 * {@code managedBy}, must tell of it in a way that clients can rely on: a job ends once, one way,
 * and does not come back. What was wrong before and is not touched stays as it is. Pure.
 */
final class JobStatusRules {

  private static final Path STATUS = Path.of("status");
  private static final Path CONDITIONS = STATUS.child("conditions");

  private final JobSpec spec;
  private final JobStatus status;
  private final JobStatus old;
  private final FieldErrors errors;

  private JobStatusRules(Job job, Job old, FieldErrors errors) {
    this.spec = Objects.requireNonNullElse(job.spec(), JobSpec.EMPTY);
    this.status = of(job);
    this.old = of(old);
    this.errors = errors;
  }

  static void validate(Job job, Job old, FieldErrors errors) {
    JobStatusRules rules = new JobStatusRules(job, old, errors);
    rules.counts();
    rules.endings();
    rules.times();
    rules.finished();
    rules.indexes();
    rules.success();
    rules.changes();
  }

  private static JobStatus of(Job job) {
    return Objects.requireNonNullElse(job.status(), JobStatus.EMPTY);
  }

  private static boolean is(JobStatus status, String type) {
    return status.conditions().stream()
        .anyMatch(c -> type.equals(c.type()) && "True".equals(c.status()));
  }

  private boolean is(String type) {
    return is(status, type);
  }

  private boolean changed(String type) {
    return is(type) != is(old, type);
  }

  private static boolean isFinished(JobStatus status) {
    return is(status, "Complete") || is(status, "Failed");
  }

  private void refuse(String why) {
    errors.invalid(CONDITIONS, FieldError.OMITTED, why);
  }

  private void counts() {
    Checks.notNegative(status.active(), STATUS.child("active"), errors);
    Checks.notNegative(status.succeeded(), STATUS.child("succeeded"), errors);
    Checks.notNegative(status.failed(), STATUS.child("failed"), errors);
    Checks.notNegative(status.ready(), STATUS.child("ready"), errors);
    Checks.notNegative(status.terminating(), STATUS.child("terminating"), errors);
    UncountedTerminatedPods uncounted = status.uncountedTerminatedPods();
    if (uncounted != null) {
      Set<String> seen = new HashSet<>();
      Path at = STATUS.child("uncountedTerminatedPods");
      uids(uncounted.succeeded(), seen, at.child("succeeded"));
      uids(uncounted.failed(), seen, at.child("failed"));
    }
  }

  private void uids(List<String> uids, Set<String> seen, Path path) {
    for (int i = 0; i < uids.size(); i++) {
      if (uids.get(i).isEmpty()) {
        errors.invalid(path.index(i), "", "must not be empty");
      } else if (!seen.add(uids.get(i))) {
        errors.duplicate(path.index(i), uids.get(i));
      }
    }
  }

  private void endings() {
    if ((changed("Complete") || changed("Failed")) && is("Complete") && is("Failed")) {
      refuse("cannot set Complete=True and Failed=true conditions");
    }
    if ((changed("Complete") || changed("FailureTarget"))
        && is("Complete")
        && is("FailureTarget")) {
      refuse("cannot set Complete=True and FailureTarget=true conditions");
    }
  }

  private void times() {
    Path path = STATUS.child("completionTime");
    boolean moved = !Objects.equals(status.completionTime(), old.completionTime());
    boolean started = !Objects.equals(status.startTime(), old.startTime());
    if (changed("Complete") || moved) {
      if (status.completionTime() != null && !is("Complete")) {
        errors.invalid(
            path,
            status.completionTime(),
            "cannot set completionTime when there is no Complete=True condition");
      } else if (status.completionTime() == null && is("Complete")) {
        errors.required(path, "completionTime is required for Complete jobs");
      }
    }
    if ((moved || started)
        && status.startTime() != null
        && status.completionTime() != null
        && status.completionTime().isBefore(status.startTime())) {
      errors.invalid(
          path, status.completionTime(), "completionTime cannot be set before startTime");
    }
  }

  private void finished() {
    boolean finished = isFinished(status);
    boolean changed = finished != isFinished(old);
    if (changed("Failed") && is("Failed") && !is("FailureTarget")) {
      refuse("cannot set Failed=True condition without the FailureTarget=true condition");
    }
    if (changed("Complete") && is("Complete") && !is("SuccessCriteriaMet")) {
      refuse("cannot set Complete=True condition without the SuccessCriteriaMet=true condition");
    }
    if (!finished) {
      return;
    }
    int active = Objects.requireNonNullElse(status.active(), 0);
    if ((changed || !Objects.equals(status.active(), old.active())) && active > 0) {
      errors.invalid(STATUS.child("active"), active, "active>0 is invalid for finished job");
    }
    if ((changed || !Objects.equals(status.startTime(), old.startTime()))
        && status.startTime() == null) {
      errors.required(STATUS.child("startTime"), "startTime is required for finished job");
    }
    UncountedTerminatedPods uncounted = status.uncountedTerminatedPods();
    if ((changed || !Objects.equals(uncounted, old.uncountedTerminatedPods()))
        && uncounted != null
        && !(uncounted.failed().isEmpty() && uncounted.succeeded().isEmpty())) {
      errors.invalid(
          STATUS.child("uncountedTerminatedPods"),
          uncounted,
          "uncountedTerminatedPods needs to be empty for finished job");
    }
    int terminating = Objects.requireNonNullElse(status.terminating(), 0);
    if ((changed || !Objects.equals(status.terminating(), old.terminating())) && terminating > 0) {
      errors.invalid(
          STATUS.child("terminating"), terminating, "terminating>0 is invalid for finished job");
    }
  }

  private void indexes() {
    String completed = Objects.requireNonNullElse(status.completedIndexes(), "");
    String failed = status.failedIndexes();
    boolean completedMoved =
        !completed.equals(Objects.requireNonNullElse(old.completedIndexes(), ""));
    boolean failedMoved = !Objects.equals(failed, old.failedIndexes());
    Integer completions = spec.completions();
    Path failedPath = STATUS.child("failedIndexes");
    if (completedMoved && completions != null) {
      form("completedIndexes", completed, completions);
    }
    if (failedMoved
        && completions != null
        && spec.backoffLimitPerIndex() != null
        && failed != null) {
      form("failedIndexes", failed, completions);
    }
    if (completedMoved && !completed.isEmpty() && !"Indexed".equals(spec.completionMode())) {
      errors.invalid(
          STATUS.child("completedIndexes"),
          completed,
          "cannot set non-empty completedIndexes when non-indexed completion mode");
    }
    if (failedMoved && failed != null && spec.backoffLimitPerIndex() == null) {
      errors.invalid(
          failedPath,
          failed,
          "cannot set non-null failedIndexes when backoffLimitPerIndex is null");
    }
    if ((completedMoved || failedMoved) && completions != null && failed != null) {
      int both = IndexText.shared(completed, failed, completions);
      if (both >= 0) {
        errors.invalid(
            failedPath, failed, "failedIndexes and completedIndexes overlap at index: " + both);
      }
    }
    int ready = Objects.requireNonNullElse(status.ready(), 0);
    if (!Objects.equals(status.ready(), old.ready())
        && ready > Objects.requireNonNullElse(status.active(), 0)) {
      errors.invalid(STATUS.child("ready"), ready, "cannot set more ready pods than active");
    }
  }

  private void form(String field, String text, int completions) {
    try {
      IndexText.count(text, completions);
    } catch (IllegalArgumentException e) {
      errors.invalid(STATUS.child(field), text, "error parsing " + field + ": " + e.getMessage());
    }
  }

  private void success() {
    boolean met = is("SuccessCriteriaMet");
    if (met && is("Failed")) {
      refuse("cannot set SuccessCriteriaMet=True and Failed=true conditions");
    }
    if (met && is("FailureTarget")) {
      refuse("cannot set SuccessCriteriaMet=True and FailureTarget=true conditions");
    }
    if (spec.successPolicy() != null && !met && is("Complete")) {
      refuse("cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True");
    }
  }

  private void changes() {
    for (String type : List.of("Failed", "Complete", "FailureTarget")) {
      if (is(old, type) && !is(type)) {
        refuse("cannot disable the terminal " + type + "=True condition");
      }
    }
    int failed = Objects.requireNonNullElse(status.failed(), 0);
    if (failed < Objects.requireNonNullElse(old.failed(), 0)) {
      errors.invalid(STATUS.child("failed"), failed, "cannot decrease the failed counter");
    }
    int succeeded = Objects.requireNonNullElse(status.succeeded(), 0);
    boolean elastic =
        "Indexed".equals(spec.completionMode())
            && Objects.equals(spec.completions(), spec.parallelism());
    if (!elastic && succeeded < Objects.requireNonNullElse(old.succeeded(), 0)) {
      errors.invalid(STATUS.child("succeeded"), succeeded, "cannot decrease the succeeded counter");
    }
    if (status.completionTime() != null
        && old.completionTime() != null
        && !status.completionTime().equals(old.completionTime())) {
      errors.invalid(
          STATUS.child("completionTime"),
          status.completionTime(),
          "completionTime cannot be mutated");
    }
    if (old.startTime() != null
        && !Objects.equals(old.startTime(), status.startTime())
        && !Boolean.TRUE.equals(spec.suspend())) {
      errors.required(STATUS.child("startTime"), "startTime cannot be removed for unsuspended job");
    }
    if (is(old, "SuccessCriteriaMet") && !is("SuccessCriteriaMet")) {
      refuse("cannot disable the SuccessCriteriaMet=True condition");
    }
    if (is(old, "Complete") && !is(old, "SuccessCriteriaMet") && is("SuccessCriteriaMet")) {
      refuse("cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions");
    }
  }
}
