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

  private static final String ZONE_PART = "(?!-)[A-Za-z.\\-_0-9+]{1,14}";

  private CronJobRules() {}

  /** The rules. */
  public static Strategy<CronJob> rules() {
    return KindRules.<CronJob>builder()
        .defaults(CronJobRules::fill)
        .validateNew(CronJobRules::validateNew)
        .validate(CronJobRules::validate)
        .change(CronJobRules::change)
        .warningNew(object -> Checks.podNameWarning(object.metadata().name()))
        .warnings(CronJobRules::warnZone)
        .warnings((object, old) ->
            JobStrategy.warnings(
                job(object), old == null ? null : job(old), SPEC.child("jobTemplate", "spec")))
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

  private static CronJobSpec in(CronJob object) {
    return Objects.requireNonNullElse(object.spec(), CronJobSpec.EMPTY);
  }

  private static JobSpec job(CronJob object) {
    JobTemplateSpec template = in(object).jobTemplate();
    return template == null || template.spec() == null ? JobSpec.EMPTY : template.spec();
  }

  private static void validateNew(CronJob object, FieldErrors errors) {
    String name = object.metadata().name();
    if (name != null && name.length() > LONGEST_NAME) {
      errors.invalid(
          Path.of("metadata", "name"),
          name,
          "must be no more than " + LONGEST_NAME + " characters");
    }
    noZoneInSchedule(in(object), errors);
    validateZone(in(object).timeZone(), errors);
  }

  /** Schedules with a zone within them were allowed once; those that are stored go on. */
  private static void change(CronJob object, CronJob old, FieldErrors errors) {
    if (!namesZone(in(old))) {
      noZoneInSchedule(in(object), errors);
    } else if (namesZone(in(object)) && in(object).timeZone() != null) {
      errors.invalid(
          SPEC.child("schedule"),
          in(object).schedule(),
          "cannot use both timeZone field and TZ or CRON_TZ in schedule");
    }
    if (!Objects.equals(in(object).timeZone(), in(old).timeZone())) {
      validateZone(in(object).timeZone(), errors);
    }
  }

  private static boolean namesZone(CronJobSpec spec) {
    return spec.schedule() != null && spec.schedule().contains("TZ");
  }

  private static void noZoneInSchedule(CronJobSpec spec, FieldErrors errors) {
    if (namesZone(spec)) {
      errors.invalid(
          SPEC.child("schedule"),
          spec.schedule(),
          "cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
    }
  }

  private static List<String> warnZone(CronJob object, @Nullable CronJob old) {
    return old != null && namesZone(in(object))
        ? List.of(
            "cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see"
                + " https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more"
                + " details")
        : List.of();
  }

  private static void validate(CronJob object, FieldErrors errors) {
    CronJobSpec spec = in(object);
    Path path = SPEC.child("schedule");
    if (Checks.present(spec.schedule(), path, errors)) {
      String text = String.valueOf(spec.schedule());
      String fault = CronSyntax.fault(text);
      if (fault != null) {
        errors.invalid(path, text, fault);
      }
    }
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
    JobSpec job = job(object);
    Path at = SPEC.child("jobTemplate", "spec");
    JobValidation.validate(job, at, errors);
    if (job.selector() != null) {
      errors.invalid(at.child("selector"), job.selector(), "`selector` will be auto-generated");
    }
    if (Boolean.TRUE.equals(job.manualSelector())) {
      errors.notSupported(at.child("manualSelector"), true, List.of("nil", "false"));
    }
  }

  private static void validateZone(@Nullable String zone, FieldErrors errors) {
    if (zone == null) {
      return;
    }
    Path at = SPEC.child("timeZone");
    if (zone.isEmpty()) {
      errors.invalid(at, zone, "timeZone must be nil or non-empty string");
    } else if (zone.equalsIgnoreCase("Local")) {
      errors.invalid(
          at,
          zone,
          "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones");
    } else if (!isZone(zone)) {
      errors.invalid(at, zone, "unknown time zone " + zone);
    }
  }

  private static boolean isZone(String zone) {
    for (String part : zone.split("/", -1)) {
      if (part.equals(".") || part.equals("..") || !part.matches(ZONE_PART)) {
        return false;
      }
    }
    try {
      ZoneId.of(zone);
      return true;
    } catch (DateTimeException _) {
      return false;
    }
  }
}
