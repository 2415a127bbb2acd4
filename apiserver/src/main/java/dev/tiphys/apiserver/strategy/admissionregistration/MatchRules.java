package dev.tiphys.apiserver.strategy.admissionregistration;

import dev.tiphys.api.admissionregistration.v1.MatchResources;
import dev.tiphys.api.admissionregistration.v1.NamedRuleWithOperations;
import dev.tiphys.api.admissionregistration.v1.RuleWithOperations;
import dev.tiphys.api.meta.v1.LabelSelector;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.PathNames;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is wrong with which requests a webhook or policy is about. Pure. */
final class MatchRules {

  private static final List<String> OPERATIONS =
      List.of("*", "CONNECT", "CREATE", "DELETE", "UPDATE");

  private MatchRules() {}

  /** What is matched, with what it means where nothing is said. */
  static @Nullable MatchResources fill(@Nullable MatchResources match) {
    return match == null
        ? null
        : match.toBuilder()
            .matchPolicy(Objects.requireNonNullElse(match.matchPolicy(), "Equivalent"))
            .namespaceSelector(
                Objects.requireNonNullElse(match.namespaceSelector(), LabelSelector.EMPTY))
            .objectSelector(Objects.requireNonNullElse(match.objectSelector(), LabelSelector.EMPTY))
            .build();
  }

  /** Checks what a policy or binding matches. */
  static void match(@Nullable MatchResources match, Path path, FieldErrors errors) {
    if (match == null) {
      return;
    }
    Checks.requiredOneOf(
        match.matchPolicy(), List.of("Equivalent", "Exact"), path.child("matchPolicy"), errors);
    selector(match.namespaceSelector(), path.child("namespaceSelector"), errors);
    selector(match.objectSelector(), path.child("objectSelector"), errors);
    named(match.resourceRules(), path.child("resourceRules"), errors);
    named(match.excludeResourceRules(), path.child("excludeResourceRules"), errors);
  }

  /** What changes requests is asked only where there is an object to change. */
  static void onlyChanging(@Nullable MatchResources match, Path path, FieldErrors errors) {
    List<String> allowed = List.of("*", "CREATE", "UPDATE");
    if (match != null) {
      for (NamedRuleWithOperations rule : match.resourceRules()) {
        for (String operation : rule.operations()) {
          Checks.oneOf(operation, allowed, path.child("resourceRules", "operations"), errors);
        }
      }
    }
  }

  private static void selector(@Nullable LabelSelector selector, Path path, FieldErrors errors) {
    if (selector == null) {
      errors.required(path, "");
    }
    Checks.selector(selector, path, errors);
  }

  private static void named(List<NamedRuleWithOperations> rules, Path path, FieldErrors errors) {
    for (int i = 0; i < rules.size(); i++) {
      NamedRuleWithOperations rule = rules.get(i);
      Path names = path.index(i).child("resourceNames");
      Set<String> seen = new HashSet<>();
      for (int j = 0; j < rule.resourceNames().size(); j++) {
        String name = rule.resourceNames().get(j);
        errors.invalid(names.index(j), name, PathNames.faults(name));
        if (!seen.add(name)) {
          errors.duplicate(names.index(j), name);
        }
      }
      rule(
          RuleWithOperations.builder()
              .operations(rule.operations())
              .apiGroups(rule.apiGroups())
              .apiVersions(rule.apiVersions())
              .resources(rule.resources())
              .scope(rule.scope())
              .build(),
          path.index(i),
          errors);
    }
  }

  /** Checks a rule. */
  static void rule(RuleWithOperations rule, Path path, FieldErrors errors) {
    Path operations = path.child("operations");
    listed(rule.operations(), "operations", operations, errors);
    for (int i = 0; i < rule.operations().size(); i++) {
      Checks.oneOf(rule.operations().get(i), OPERATIONS, operations.index(i), errors);
    }
    listed(rule.apiGroups(), "API groups", path.child("apiGroups"), errors);
    listed(rule.apiVersions(), "API versions", path.child("apiVersions"), errors);
    for (int i = 0; i < rule.apiVersions().size(); i++) {
      Checks.present(rule.apiVersions().get(i), path.child("apiVersions").index(i), errors);
    }
    resources(rule.resources(), path.child("resources"), errors);
    Checks.oneOf(rule.scope(), List.of("*", "Cluster", "Namespaced"), path.child("scope"), errors);
  }

  private static void listed(List<String> values, String what, Path path, FieldErrors errors) {
    if (values.isEmpty()) {
      errors.required(path, "");
    } else if (values.size() > 1 && values.contains("*")) {
      errors.invalid(path, values, "if '*' is present, must not specify other " + what);
    }
  }

  /** Resources and subresources; what a star includes already is not named again. */
  private static void resources(List<String> resources, Path path, FieldErrors errors) {
    if (resources.isEmpty()) {
      errors.required(path, "");
    }
    Set<String> whole = new HashSet<>();
    Set<String> everywhere = new HashSet<>();
    boolean plain = false;
    for (int i = 0; i < resources.size(); i++) {
      String name = resources.get(i);
      int slash = name.indexOf('/');
      if (name.isEmpty()) {
        errors.required(path.index(i), "");
      } else if (slash < 0) {
        plain |= !name.equals("*");
      } else {
        String resource = name.substring(0, slash);
        String sub = name.substring(slash + 1);
        String without = "' is present, must not specify " + name;
        if (whole.contains(resource)) {
          errors.invalid(path.index(i), name, "if '" + resource + "/*" + without);
        }
        if (everywhere.contains(sub)) {
          errors.invalid(path.index(i), name, "if '*/" + sub + without);
        }
        if (sub.equals("*")) {
          whole.add(resource);
        }
        if (resource.equals("*")) {
          everywhere.add(sub);
        }
      }
    }
    if (resources.size() > 1 && resources.contains("*/*")) {
      errors.invalid(path, resources, "if '*/*' is present, must not specify other resources");
    }
    if (resources.contains("*") && plain) {
      errors.invalid(
          path,
          resources,
          "if '*' is present, must not specify other resources without subresources");
    }
  }
}
