package dev.tiphys.apiserver.strategy.rbac;

import dev.tiphys.api.rbac.v1.PolicyRule;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import java.util.List;

/** What a rule of a role must say. Pure. */
final class RuleRules {

  private RuleRules() {}

  /**
   * Says what is wrong with rules.
   *
   * @param namespaced whether the role is in a namespace, where paths mean nothing
   */
  static void validate(List<PolicyRule> rules, boolean namespaced, FieldErrors errors) {
    for (int i = 0; i < rules.size(); i++) {
      validate(rules.get(i), Path.of("rules").index(i), namespaced, errors);
    }
  }

  private static void validate(PolicyRule rule, Path path, boolean namespaced, FieldErrors errors) {
    if (rule.verbs().isEmpty()) {
      errors.required(path.child("verbs"), "verbs must contain at least one value");
    }
    if (!rule.nonResourceURLs().isEmpty()) {
      Path urls = path.child("nonResourceURLs");
      if (namespaced) {
        errors.invalid(
            urls, rule.nonResourceURLs(), "namespaced rules cannot apply to non-resource URLs");
      }
      if (!rule.apiGroups().isEmpty()
          || !rule.resources().isEmpty()
          || !rule.resourceNames().isEmpty()) {
        errors.invalid(
            urls,
            rule.nonResourceURLs(),
            "rules cannot apply to both regular resources and non-resource URLs");
      }
      return;
    }
    if (rule.apiGroups().isEmpty()) {
      errors.required(path.child("apiGroups"), "resource rules must supply at least one api group");
    }
    if (rule.resources().isEmpty()) {
      errors.required(path.child("resources"), "resource rules must supply at least one resource");
    }
  }
}
