package dev.tiphys.apiserver.strategy.control;

import dev.tiphys.api.apiregistration.v1.APIService;
import dev.tiphys.api.apiregistration.v1.APIServiceSpec;
import dev.tiphys.api.flowcontrol.v1.FlowSchema;
import dev.tiphys.api.flowcontrol.v1.FlowSchemaSpec;
import dev.tiphys.api.flowcontrol.v1.LimitResponse;
import dev.tiphys.api.flowcontrol.v1.LimitedPriorityLevelConfiguration;
import dev.tiphys.api.flowcontrol.v1.PriorityLevelConfiguration;
import dev.tiphys.api.flowcontrol.v1.PriorityLevelConfigurationSpec;
import dev.tiphys.api.flowcontrol.v1.QueuingConfiguration;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.Strategy;
import java.util.List;
import java.util.Objects;

/** The rules of FlowSchema, PriorityLevelConfiguration and APIService. */
public final class ControlRules {

  private static final Path SPEC = Path.of("spec");
  private static final int HIGHEST_PRECEDENCE = 10_000;
  private static final int MOST_QUEUES = 10_000_000;

  private ControlRules() {}

  /** The rules of FlowSchema. */
  public static Strategy<FlowSchema> flows() {
    return KindRules.<FlowSchema>builder().validate(ControlRules::validateFlow).build();
  }

  private static void validateFlow(FlowSchema object, FieldErrors errors) {
    FlowSchemaSpec spec = Objects.requireNonNullElse(object.spec(), FlowSchemaSpec.EMPTY);
    int precedence = Objects.requireNonNullElse(spec.matchingPrecedence(), 0);
    Path path = SPEC.child("matchingPrecedence");
    if (precedence <= 0) {
      errors.invalid(path, precedence, "must be a positive value");
    } else if (precedence > HIGHEST_PRECEDENCE) {
      errors.invalid(path, precedence, "must not be greater than " + HIGHEST_PRECEDENCE);
    }
    if (precedence == 1 && !"exempt".equals(object.metadata().name())) {
      errors.invalid(
          path, precedence, "only the schema named 'exempt' may have matchingPrecedence 1");
    }
    if (spec.distinguisherMethod() != null) {
      Checks.requiredOneOf(
          spec.distinguisherMethod().type(),
          List.of("ByNamespace", "ByUser"),
          SPEC.child("distinguisherMethod", "type"),
          errors);
    }
    var level = spec.priorityLevelConfiguration();
    Path name = SPEC.child("priorityLevelConfiguration", "name");
    if (level == null || level.name() == null || level.name().isEmpty()) {
      errors.required(name, "must reference a priority level");
    } else {
      errors.invalid(name, level.name(), DnsNames.subdomain(level.name()));
    }
    for (int i = 0; i < spec.rules().size(); i++) {
      Path at = SPEC.child("rules").index(i);
      var rule = spec.rules().get(i);
      if (rule.subjects().isEmpty()) {
        errors.required(at.child("subjects"), "subjects must contain at least one value");
      }
      if (rule.resourceRules().isEmpty() && rule.nonResourceRules().isEmpty()) {
        errors.required(
            at, "at least one of resourceRules and nonResourceRules has to be" + " non-empty");
      }
      for (int j = 0; j < rule.subjects().size(); j++) {
        Checks.requiredOneOf(
            rule.subjects().get(j).kind(),
            List.of("Group", "ServiceAccount", "User"),
            at.child("subjects").index(j).child("kind"),
            errors);
      }
    }
  }

  /** The rules of PriorityLevelConfiguration. */
  public static Strategy<PriorityLevelConfiguration> levels() {
    return KindRules.<PriorityLevelConfiguration>builder()
        .validate(ControlRules::validateLevel)
        .build();
  }

  private static void validateLevel(PriorityLevelConfiguration object, FieldErrors errors) {
    PriorityLevelConfigurationSpec spec =
        Objects.requireNonNullElse(object.spec(), PriorityLevelConfigurationSpec.EMPTY);
    String type = spec.type();
    boolean exempt = "exempt".equals(object.metadata().name());
    if (exempt != "Exempt".equals(type)) {
      errors.invalid(
          SPEC.child("type"), type, "type must be 'Exempt' if and only if `name` is 'exempt'");
    }
    if ("Exempt".equals(type)) {
      if (spec.limited() != null) {
        errors.forbidden(SPEC.child("limited"), "must be nil if the type is not Limited");
      }
    } else if ("Limited".equals(type)) {
      LimitedPriorityLevelConfiguration limited = spec.limited();
      if (spec.exempt() != null) {
        errors.forbidden(SPEC.child("exempt"), "must be nil if the type is Limited");
      }
      if (limited == null) {
        errors.required(SPEC.child("limited"), "must not be empty when type is Limited");
      } else {
        validateLimited(limited, SPEC.child("limited"), errors);
      }
    } else {
      errors.notSupported(SPEC.child("type"), type, List.of("Exempt", "Limited"));
    }
  }

  private static void validateLimited(
      LimitedPriorityLevelConfiguration limited, Path path, FieldErrors errors) {
    Integer shares = limited.nominalConcurrencyShares();
    if (shares != null && shares < 0) {
      errors.invalid(
          path.child("nominalConcurrencyShares"), shares, "must be a non-negative integer");
    }
    Integer lendable = limited.lendablePercent();
    if (lendable != null && (lendable < 0 || lendable > 100)) {
      errors.invalid(
          path.child("lendablePercent"), lendable, "must be between 0 and 100, inclusive");
    }
    Integer borrowing = limited.borrowingLimitPercent();
    if (borrowing != null && borrowing < 0) {
      errors.invalid(
          path.child("borrowingLimitPercent"),
          borrowing,
          "if specified, must be a non-negative integer");
    }
    LimitResponse response =
        Objects.requireNonNullElse(limited.limitResponse(), LimitResponse.EMPTY);
    Path at = path.child("limitResponse");
    QueuingConfiguration queuing = response.queuing();
    switch (String.valueOf(response.type())) {
      case "Reject" -> {
        if (queuing != null) {
          errors.forbidden(
              at.child("queuing"), "must be nil if limited.limitResponse.type is not" + " Limited");
        }
      }
      case "Queue" -> {
        if (queuing == null) {
          errors.required(
              at.child("queuing"), "must not be empty if limited.limitResponse.type is Limited");
        } else {
          validateQueues(queuing, at.child("queuing"), errors);
        }
      }
      default -> errors.notSupported(at.child("type"), response.type(), List.of("Queue", "Reject"));
    }
  }

  private static void validateQueues(QueuingConfiguration queuing, Path path, FieldErrors errors) {
    int length = Objects.requireNonNullElse(queuing.queueLengthLimit(), 0);
    int hand = Objects.requireNonNullElse(queuing.handSize(), 0);
    int queues = Objects.requireNonNullElse(queuing.queues(), 0);
    if (length <= 0) {
      errors.invalid(path.child("queueLengthLimit"), length, "must be positive");
    }
    if (hand <= 0) {
      errors.invalid(path.child("handSize"), hand, "must be positive");
    }
    if (queues <= 0) {
      errors.invalid(path.child("queues"), queues, "must be positive");
    } else if (queues > MOST_QUEUES) {
      errors.invalid(path.child("queues"), queues, "must not be greater than " + MOST_QUEUES);
    } else if (hand > queues) {
      errors.invalid(
          path.child("handSize"), hand, "should not be greater than queues (" + queues + ")");
    }
  }

  /** The rules of APIService, which is named by version and group. */
  public static Strategy<APIService> services() {
    return KindRules.<APIService>builder()
        .generations(false)
        .validate(ControlRules::validateService)
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
