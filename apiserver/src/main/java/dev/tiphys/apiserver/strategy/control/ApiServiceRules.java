package dev.tiphys.apiserver.strategy.control;

import dev.tiphys.api.apiregistration.v1.APIService;
import dev.tiphys.api.apiregistration.v1.APIServiceSpec;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.Strategy;
import java.util.List;
import java.util.Objects;

/** The rules of APIService. */
public final class ApiServiceRules {

  private static final Path SPEC = Path.of("spec");

  private ApiServiceRules() {}

  /** The rules of APIService, which is named by version and group. */
  public static Strategy<APIService> rules() {
    return KindRules.<APIService>builder()
        .generations(false)
        // Made of version and group, of which the core group's is empty: nothing else is asked.
        .names(_ -> List.of())
        .validate(ApiServiceRules::validateService)
        .build();
  }

  private static void validateService(APIService object, FieldErrors errors) {
    APIServiceSpec spec = Objects.requireNonNullElse(object.spec(), APIServiceSpec.EMPTY);
    String group = spec.group() == null ? "" : spec.group();
    String version = spec.version() == null ? "" : spec.version();
    String name = version + "." + group;
    if (!name.equals(object.metadata().name())) {
      errors.invalid(
          Path.of("metadata", "name"),
          object.metadata().name(),
          "must be `spec.version+\".\"+spec.group`: \"" + name + "\"");
    }
    if (group.isEmpty() && !version.equals("v1")) {
      errors.required(
          SPEC.child("group"), "only v1 may have an empty group and it better be legacy" + " kube");
    } else if (!group.isEmpty()) {
      errors.invalid(SPEC.child("group"), group, DnsNames.subdomain(group));
    }
    errors.invalid(SPEC.child("version"), version, DnsNames.label(version));
    bounded(spec.groupPriorityMinimum(), 20_000, "groupPriorityMinimum", errors);
    bounded(spec.versionPriority(), 1_000, "versionPriority", errors);
    boolean bundled = spec.caBundle() != null && spec.caBundle().size() > 0;
    if (spec.service() == null) {
      if (bundled) {
        errors.invalid(
            SPEC.child("caBundle"), "<certificates>", "local APIServices may not have a caBundle");
      }
      if (Boolean.TRUE.equals(spec.insecureSkipTLSVerify())) {
        errors.invalid(
            SPEC.child("insecureSkipTLSVerify"),
            true,
            "local APIServices may not have insecureSkipTLSVerify");
      }
      return;
    }
    Checks.present(spec.service().namespace(), SPEC.child("service", "namespace"), errors);
    Checks.present(spec.service().name(), SPEC.child("service", "name"), errors);
    Checks.within(
        Objects.requireNonNullElse(spec.service().port(), 443),
        1,
        65535,
        SPEC.child("service", "port"),
        errors);
    if (bundled && Boolean.TRUE.equals(spec.insecureSkipTLSVerify())) {
      errors.invalid(
          SPEC.child("insecureSkipTLSVerify"), true, "may not be true if caBundle is present");
    }
  }

  private static void bounded(
      @org.jspecify.annotations.Nullable Integer value,
      int most,
      String field,
      FieldErrors errors) {
    int number = Objects.requireNonNullElse(value, 0);
    if (number <= 0 || number > most) {
      errors.add(
          FieldError.invalid(SPEC.child(field), number, "must be positive and less than " + most));
    }
  }
}
