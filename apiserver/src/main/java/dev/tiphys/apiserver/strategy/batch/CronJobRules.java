package dev.tiphys.apiserver.strategy.batch;

import dev.tiphys.api.batch.v1.CronJob;
import dev.tiphys.api.batch.v1.CronJobSpec;
import dev.tiphys.api.batch.v1.JobSpec;
import dev.tiphys.api.batch.v1.JobTemplateSpec;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.Strategy;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rules of CronJob. */
public final class CronJobRules {

  /** Jobs are named after their schedule and a time of 11 letters, and pods after jobs. */
  private static final int LONGEST_NAME = 52;

  private static final Path SPEC = Path.of("spec");

  private CronJobRules() {}

  /** The rules. */
  public static Strategy<CronJob> rules() {
    return KindRules.<CronJob>builder()
        .defaults(CronJobRules::fill)
        .validate(CronJobRules::validate)
        .build();
  }

  private static CronJob fill(CronJob object) {
    CronJobSpec spec = object.spec();
    JobTemplateSpec template = spec == null ? null : spec.jobTemplate();
    if (spec == null || template == null || template.spec() == null) {
      return object;
    }
    return object.withSpec(
        spec.withJobTemplate(template.withSpec(JobStrategy.fill(template.spec()))));
  }

  private static void validate(CronJob object, FieldErrors errors) {
    String name = object.metadata().name();
    if (name != null && name.length() > LONGEST_NAME) {
      errors.invalid(
          Path.of("metadata", "name"),
          name,
          "must be no more than " + LONGEST_NAME + " characters");
    }
    CronJobSpec spec = Objects.requireNonNullElse(object.spec(), CronJobSpec.EMPTY);
    validateSchedule(spec.schedule(), spec.timeZone(), errors);
    Checks.notNegative(
        spec.startingDeadlineSeconds(), SPEC.child("startingDeadlineSeconds"), errors);
    Checks.requiredOneOf(
        spec.concurrencyPolicy(),
        List.of("Allow", "Forbid", "Replace"),
        SPEC.child("concurrencyPolicy"),
        errors);
    Checks.notNegative(
        spec.successfulJobsHistoryLimit(), SPEC.child("successfulJobsHistoryLimit"), errors);
    Checks.notNegative(spec.failedJobsHistoryLimit(), SPEC.child("failedJobsHistoryLimit"), errors);
    JobTemplateSpec template =
        Objects.requireNonNullElse(spec.jobTemplate(), JobTemplateSpec.EMPTY);
    JobSpec job = Objects.requireNonNullElse(template.spec(), JobSpec.EMPTY);
    Path at = SPEC.child("jobTemplate", "spec");
    JobValidation.validate(job, at, errors);
    if (job.selector() != null) {
      errors.invalid(at.child("selector"), job.selector(), "`selector` will be auto-generated");
    }
    if (Boolean.TRUE.equals(job.manualSelector())) {
      errors.notSupported(at.child("manualSelector"), true, List.of("nil", "false"));
    }
  }

  private static void validateSchedule(
      @Nullable String schedule, @Nullable String zone, FieldErrors errors) {
    Path path = SPEC.child("schedule");
    if (Checks.present(schedule, path, errors)) {
      String text = String.valueOf(schedule);
      if (text.contains("TZ")) {
        errors.invalid(
            path, text, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
      } else {
        String fault = CronSyntax.fault(text);
        if (fault != null) {
          errors.invalid(path, text, fault);
        }
      }
    }
    if (zone != null) {
      Path at = SPEC.child("timeZone");
      if (zone.isEmpty()) {
        errors.invalid(at, zone, "timeZone must be nil or non-empty string");
      } else if (zone.equalsIgnoreCase("Local")) {
        errors.invalid(
            at,
            zone,
            "timeZone must be an explicit time zone as defined in"
                + " https://www.iana.org/time-zones");
      } else if (!isZone(zone)) {
        errors.invalid(at, zone, "unknown time zone " + zone);
      }
    }
  }

  private static boolean isZone(String zone) {
    try {
      ZoneId.of(zone);
      return true;
    } catch (DateTimeException _) {
      return false;
    }
  }
}
