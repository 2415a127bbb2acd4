package dev.tiphys.apiserver.strategy.control;

import dev.tiphys.api.flowcontrol.v1.FlowSchema;
import dev.tiphys.api.flowcontrol.v1.FlowSchemaSpec;
import dev.tiphys.api.flowcontrol.v1.LimitResponse;
import dev.tiphys.api.flowcontrol.v1.LimitedPriorityLevelConfiguration;
import dev.tiphys.api.flowcontrol.v1.NonResourcePolicyRule;
import dev.tiphys.api.flowcontrol.v1.PriorityLevelConfiguration;
import dev.tiphys.api.flowcontrol.v1.PriorityLevelConfigurationSpec;
import dev.tiphys.api.flowcontrol.v1.QueuingConfiguration;
import dev.tiphys.api.flowcontrol.v1.ResourcePolicyRule;
import dev.tiphys.api.flowcontrol.v1.ServiceAccountSubject;
import dev.tiphys.api.flowcontrol.v1.Subject;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.Strategy;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The rules of FlowSchema and PriorityLevelConfiguration. */
public final class FlowControlRules {

  private static final Path SPEC = Path.of("spec");
  private static final int HIGHEST_PRECEDENCE = 10_000;
  private static final int MOST_QUEUES = 10_000_000;
  private static final int MOST_BITS = 60;
  private static final List<String> VERBS =
      List.of(
          "create",
          "delete",
          "deletecollection",
          "get",
          "list",
          "patch",
          "proxy",
          "update",
          "watch");

  private FlowControlRules() {}

  /** The rules of FlowSchema. */
  public static Strategy<FlowSchema> flows() {
    return KindRules.<FlowSchema>builder()
        .validate(FlowControlRules::validateFlow)
        .statusChange((object, old, errors) -> {
          if (object.status() != null) {
            validateConditions(
                object.status().conditions().stream()
                    .map(condition -> Objects.requireNonNullElse(condition.type(), ""))
                    .toList(),
                errors);
          }
        })
        .build();
  }

  /** Each type of condition is told once. */
  private static void validateConditions(List<String> types, FieldErrors errors) {
    Path path = Path.of("status", "conditions");
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < types.size(); i++) {
      String type = types.get(i);
      if (!seen.add(type)) {
        errors.duplicate(path.index(i).child("type"), type);
      }
      if (type.isEmpty()) {
        errors.required(path.index(i).child("type"), "must not be empty");
      }
    }
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
    fixed(object, StandardFlows.mandatorySchemas(), FlowSchema::spec, errors);
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
        validateSubject(rule.subjects().get(j), at.child("subjects").index(j), errors);
      }
      for (int j = 0; j < rule.resourceRules().size(); j++) {
        validateRule(rule.resourceRules().get(j), at.child("resourceRules").index(j), errors);
      }
      for (int j = 0; j < rule.nonResourceRules().size(); j++) {
        validatePaths(
            rule.nonResourceRules().get(j), at.child("nonResourceRules").index(j), errors);
      }
    }
  }

  private static void validateSubject(Subject subject, Path at, FieldErrors errors) {
    String kind = subject.kind() == null ? "" : subject.kind();
    if (!List.of("Group", "ServiceAccount", "User").contains(kind)) {
      errors.notSupported(at.child("kind"), kind, List.of("Group", "ServiceAccount", "User"));
      return;
    }
    only(kind, "ServiceAccount", "serviceAccount", subject.serviceAccount(), at, errors);
    only(kind, "User", "user", subject.user(), at, errors);
    only(kind, "Group", "group", subject.group(), at, errors);
    ServiceAccountSubject account = subject.serviceAccount();
    if (kind.equals("ServiceAccount") && account != null) {
      Path path = at.child("serviceAccount");
      if (Checks.present(account.name(), path.child("name"), errors)
          && !"*".equals(account.name())) {
        Checks.subdomain(account.name(), path.child("name"), errors);
      }
      if (account.namespace() == null || account.namespace().isEmpty()) {
        errors.required(path.child("namespace"), "must specify namespace for service account");
      } else {
        Checks.label(account.namespace(), path.child("namespace"), errors);
      }
    } else if (kind.equals("User") && subject.user() != null) {
      Checks.present(subject.user().name(), at.child("user", "name"), errors);
    } else if (kind.equals("Group") && subject.group() != null) {
      Checks.present(subject.group().name(), at.child("group", "name"), errors);
    }
  }

  /** What a subject's kind names must be there, and nothing else. */
  private static void only(
      String kind,
      String owner,
      String field,
      @Nullable Object value,
      Path at,
      FieldErrors errors) {
    if (kind.equals(owner) && value == null) {
      errors.required(at.child(field), field + " is required when subject kind is '" + owner + "'");
    } else if (!kind.equals(owner) && value != null) {
      errors.forbidden(
          at.child(field), field + " is forbidden when subject kind is not '" + owner + "'");
    }
  }

  private static void validateRule(ResourcePolicyRule rule, Path at, FieldErrors errors) {
    validateVerbs(rule.verbs(), at.child("verbs"), errors);
    if (rule.apiGroups().isEmpty()) {
      errors.required(at.child("apiGroups"), "resource rules must supply at least one api group");
    }
    alone(rule.apiGroups(), "api groups", at.child("apiGroups"), errors);
    if (rule.resources().isEmpty()) {
      errors.required(at.child("resources"), "resource rules must supply at least one resource");
    }
    alone(rule.resources(), "resources", at.child("resources"), errors);
    Path namespaces = at.child("namespaces");
    if (rule.namespaces().isEmpty() && !Boolean.TRUE.equals(rule.clusterScope())) {
      errors.required(
          namespaces,
          "resource rules that are not cluster scoped must supply at least one namespace");
    }
    alone(rule.namespaces(), "namespaces", namespaces, errors);
    for (int i = 0; i < rule.namespaces().size(); i++) {
      String namespace = rule.namespaces().get(i);
      if (!rule.namespaces().contains("*")) {
        for (String fault : DnsNames.label(namespace)) {
          errors.invalid(
              namespaces.index(i),
              namespace,
              "each member of this list must be '*' or a DNS-1123 label; " + fault);
        }
      }
    }
  }

  private static void validatePaths(NonResourcePolicyRule rule, Path at, FieldErrors errors) {
    validateVerbs(rule.verbs(), at.child("verbs"), errors);
    Path path = at.child("nonResourceURLs");
    if (rule.nonResourceURLs().isEmpty()) {
      errors.required(path, "nonResourceURLs must contain at least one value");
    }
    alone(rule.nonResourceURLs(), "non-resource URLs", path, errors);
    for (int i = 0; i < rule.nonResourceURLs().size(); i++) {
      String fault = pathFault(rule.nonResourceURLs().get(i));
      if (fault != null && !rule.nonResourceURLs().contains("*")) {
        errors.invalid(path.index(i), rule.nonResourceURLs().get(i), fault);
      }
    }
  }

  private static @Nullable String pathFault(String path) {
    int star = path.indexOf('*');
    if (path.isEmpty()) {
      return "must not be empty";
    } else if (!path.startsWith("/")) {
      return "must start with slash";
    } else if (path.contains(" ")) {
      return "must not contain white-space";
    } else if (path.contains("//")) {
      return "must not contain double slash";
    } else if (star >= 0 && !(star == path.length() - 1 && path.endsWith("/*"))) {
      return "wildcard can only do suffix matching";
    }
    return null;
  }

  private static void validateVerbs(List<String> verbs, Path at, FieldErrors errors) {
    if (verbs.isEmpty()) {
      errors.required(at, "verbs must contain at least one value");
    } else if (verbs.contains("*")) {
      alone(verbs, "verbs", at, errors);
    } else if (!VERBS.containsAll(verbs)) {
      errors.notSupported(at, verbs, VERBS);
    }
  }

  /** A star means all, so nothing may stand beside it. */
  private static void alone(List<String> values, String what, Path at, FieldErrors errors) {
    if (values.size() > 1 && values.contains("*")) {
      errors.invalid(at, values, "if '*' is present, must not specify other " + what);
    }
  }

  private static <T extends ApiObject> void fixed(
      T object, List<T> mandatory, Function<T, @Nullable Object> spec, FieldErrors errors) {
    for (T one : mandatory) {
      if (Objects.equals(one.metadata().name(), object.metadata().name())
          && !Objects.equals(spec.apply(one), spec.apply(object))) {
        errors.invalid(
            SPEC, "...", "spec of '" + object.metadata().name() + "' must equal the fixed value");
      }
    }
  }

  /** The rules of PriorityLevelConfiguration. */
  public static Strategy<PriorityLevelConfiguration> levels() {
    return KindRules.<PriorityLevelConfiguration>builder()
        .validate(FlowControlRules::validateLevel)
        .statusChange((object, old, errors) -> {
          if (object.status() != null) {
            validateConditions(
                object.status().conditions().stream()
                    .map(condition -> Objects.requireNonNullElse(condition.type(), ""))
                    .toList(),
                errors);
          }
        })
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
    // Of the exempt level shares may be given, of the other one nothing.
    fixed(
        object,
        StandardFlows.mandatoryLevels().subList(1, 2),
        PriorityLevelConfiguration::spec,
        errors);
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
    } else if (hand > 0) {
      // A hand is dealt from one hash, which must have bits enough for each card.
      int bits = (int) Math.ceil(Math.log(queues) / Math.log(2) * hand);
      if (bits > MOST_BITS) {
        errors.invalid(
            path.child("handSize"),
            hand,
            "required entropy bits of deckSize "
                + queues
                + " and handSize "
                + hand
                + " should not be greater than "
                + MOST_BITS);
      }
    }
  }
}
