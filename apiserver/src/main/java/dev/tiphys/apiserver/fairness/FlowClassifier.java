package dev.tiphys.apiserver.fairness;

import dev.tiphys.api.flowcontrol.v1.FlowDistinguisherMethod;
import dev.tiphys.api.flowcontrol.v1.FlowSchema;
import dev.tiphys.api.flowcontrol.v1.FlowSchemaSpec;
import dev.tiphys.api.flowcontrol.v1.NonResourcePolicyRule;
import dev.tiphys.api.flowcontrol.v1.PolicyRulesWithSubjects;
import dev.tiphys.api.flowcontrol.v1.PriorityLevelConfiguration;
import dev.tiphys.api.flowcontrol.v1.ResourcePolicyRule;
import dev.tiphys.api.flowcontrol.v1.Subject;
import dev.tiphys.apiserver.authn.ServiceAccountNames;
import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.request.RequestInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Flow schemas at one moment, in the order in which they are tried: by precedence, then by name.
 * Immutable.
 */
final class FlowClassifier {

  private static final String ALL = "*";

  private record Candidate(
      Flow.Schema schema, @Nullable String method, List<PolicyRulesWithSubjects> rules) {}

  private final List<Candidate> candidates;

  private FlowClassifier(List<Candidate> candidates) {
    this.candidates = candidates;
  }

  /** Puts schemas in order; those whose level does not exist are passed over. */
  static FlowClassifier of(List<FlowSchema> schemas, List<PriorityLevelConfiguration> levels) {
    Map<String, String> uids = new HashMap<>();
    levels.forEach(level -> uids.put(name(level.metadata().name()), name(level.metadata().uid())));
    List<FlowSchema> ordered = new ArrayList<>(schemas);
    ordered.sort(
        Comparator.comparingInt(FlowClassifier::precedence)
            .thenComparing(schema -> name(schema.metadata().name())));
    List<Candidate> candidates = new ArrayList<>();
    for (FlowSchema schema : ordered) {
      String level = levelOf(schema);
      String uid = uids.get(level);
      if (uid != null) {
        FlowSchemaSpec spec = spec(schema);
        FlowDistinguisherMethod method = spec.distinguisherMethod();
        candidates.add(
            new Candidate(
                new Flow.Schema(
                    name(schema.metadata().name()), name(schema.metadata().uid()), level, uid),
                method == null ? null : method.type(),
                spec.rules()));
      }
    }
    return new FlowClassifier(List.copyOf(candidates));
  }

  /** The name of the level that a schema refers to; empty if it names none. */
  static String levelOf(FlowSchema schema) {
    var reference = spec(schema).priorityLevelConfiguration();
    return reference == null ? "" : name(reference.name());
  }

  private static FlowSchemaSpec spec(FlowSchema schema) {
    return Objects.requireNonNullElse(schema.spec(), FlowSchemaSpec.EMPTY);
  }

  private static int precedence(FlowSchema schema) {
    return Objects.requireNonNullElse(spec(schema).matchingPrecedence(), Integer.MAX_VALUE);
  }

  /** All schemas that lead somewhere, in order. */
  List<Flow.Schema> schemas() {
    return candidates.stream().map(Candidate::schema).toList();
  }

  /** Where a request belongs; null if no schema matches, not even the one for all the rest. */
  @Nullable Flow classify(User user, RequestInfo request) {
    for (Candidate candidate : candidates) {
      if (matches(candidate.rules(), user, request)) {
        return new Flow(candidate.schema(), distinguisher(candidate.method(), user, request));
      }
    }
    return null;
  }

  private static String distinguisher(@Nullable String method, User user, RequestInfo request) {
    return switch (name(method)) {
      case "ByUser" -> user.name();
      case "ByNamespace" -> request.namespace();
      default -> "";
    };
  }

  private static boolean matches(
      List<PolicyRulesWithSubjects> rules, User user, RequestInfo request) {
    for (PolicyRulesWithSubjects rule : rules) {
      if (anySubject(rule.subjects(), user)
          && (request.resourceRequest()
              ? anyResource(rule.resourceRules(), request)
              : anyPath(rule.nonResourceRules(), request))) {
        return true;
      }
    }
    return false;
  }

  private static boolean anySubject(List<Subject> subjects, User user) {
    for (Subject subject : subjects) {
      if (isMeant(subject, user)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isMeant(Subject subject, User user) {
    switch (name(subject.kind())) {
      case "User" -> {
        String wanted = subject.user() == null ? null : subject.user().name();
        return ALL.equals(wanted) || user.name().equals(wanted);
      }
      case "Group" -> {
        String wanted = subject.group() == null ? null : subject.group().name();
        return ALL.equals(wanted) || (wanted != null && user.groups().contains(wanted));
      }
      case "ServiceAccount" -> {
        var account = subject.serviceAccount();
        if (account == null || !ServiceAccountNames.isServiceAccount(user.name())) {
          return false;
        }
        String[] parts = ServiceAccountNames.parts(user.name());
        return parts[0].equals(account.namespace())
            && (ALL.equals(account.name()) || parts[1].equals(account.name()));
      }
      default -> {
        return false;
      }
    }
  }

  private static boolean anyResource(List<ResourcePolicyRule> rules, RequestInfo request) {
    for (ResourcePolicyRule rule : rules) {
      if (has(rule.verbs(), request.verb())
          && has(rule.apiGroups(), request.group())
          && has(rule.resources(), combined(request))
          && (request.namespace().isEmpty()
              ? Boolean.TRUE.equals(rule.clusterScope())
              : has(rule.namespaces(), request.namespace()))) {
        return true;
      }
    }
    return false;
  }

  private static String combined(RequestInfo request) {
    return request.subresource().isEmpty()
        ? request.resource()
        : request.resource() + "/" + request.subresource();
  }

  private static boolean anyPath(List<NonResourcePolicyRule> rules, RequestInfo request) {
    for (NonResourcePolicyRule rule : rules) {
      if (has(rule.verbs(), request.verb()) && anyPrefix(rule.nonResourceURLs(), request.path())) {
        return true;
      }
    }
    return false;
  }

  /** A pattern means itself and whatever lies below it, with or without a star at its end. */
  private static boolean anyPrefix(List<String> patterns, String path) {
    for (String pattern : patterns) {
      String stem = pattern.endsWith(ALL) ? pattern.substring(0, pattern.length() - 1) : pattern;
      if (pattern.equals(ALL)
          || pattern.equals(path)
          || path.startsWith(stem.endsWith("/") ? stem : stem + "/")) {
        return true;
      }
    }
    return false;
  }

  private static boolean has(List<String> wanted, String value) {
    return wanted.contains(value) || (wanted.size() == 1 && wanted.getFirst().equals(ALL));
  }

  private static String name(@Nullable String text) {
    return text == null ? "" : text;
  }
}
