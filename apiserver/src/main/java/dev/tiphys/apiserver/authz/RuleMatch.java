package dev.tiphys.apiserver.authz;

import dev.tiphys.api.rbac.v1.PolicyRule;
import java.util.List;

/** Whether an RBAC rule covers a request. */
final class RuleMatch {

  private static final String ALL = "*";

  static final PolicyRule EVERYTHING =
      PolicyRule.builder()
          .verbs(List.of(ALL))
          .apiGroups(List.of(ALL))
          .resources(List.of(ALL))
          .build();
  static final PolicyRule EVERY_PATH =
      PolicyRule.builder().verbs(List.of(ALL)).nonResourceURLs(List.of(ALL)).build();

  private RuleMatch() {}

  static boolean allows(PolicyRule rule, Attributes request) {
    if (!has(rule.verbs(), request.verb())) {
      return false;
    }
    return request.resourceRequest()
        ? has(rule.apiGroups(), request.group())
            && resource(rule.resources(), request)
            && name(rule.resourceNames(), request.name())
        : path(rule.nonResourceURLs(), request.path());
  }

  private static boolean has(List<String> allowed, String value) {
    for (String one : allowed) {
      if (one.equals(value) || one.equals(ALL)) {
        return true;
      }
    }
    return false;
  }

  private static boolean resource(List<String> allowed, Attributes request) {
    String combined = request.combinedResource();
    for (String one : allowed) {
      if (one.equals(combined) || one.equals(ALL)) {
        return true;
      }
      if (!request.subresource().isEmpty()
          && one.length() == request.subresource().length() + 2
          && one.startsWith("*/")
          && one.endsWith(request.subresource())) {
        return true;
      }
    }
    return false;
  }

  private static boolean name(List<String> allowed, String name) {
    return allowed.isEmpty() || (!name.isEmpty() && allowed.contains(name));
  }

  private static boolean path(List<String> allowed, String path) {
    for (String one : allowed) {
      if (one.equals(ALL)
          || one.equals(path)
          || (one.endsWith("*") && path.startsWith(one.substring(0, one.length() - 1)))) {
        return true;
      }
    }
    return false;
  }
}
