package dev.tiphys.apiserver.authz;

import dev.tiphys.api.meta.v1.LabelSelector;
import dev.tiphys.api.rbac.v1.AggregationRule;
import dev.tiphys.api.rbac.v1.ClusterRole;
import dev.tiphys.api.rbac.v1.ClusterRoleBinding;
import dev.tiphys.api.rbac.v1.PolicyRule;
import dev.tiphys.api.rbac.v1.Role;
import dev.tiphys.api.rbac.v1.RoleBinding;
import dev.tiphys.api.rbac.v1.RoleRef;
import dev.tiphys.api.rbac.v1.Subject;
import dev.tiphys.apiserver.authn.ServiceAccountNames;
import dev.tiphys.apiserver.authn.User;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Roles and bindings at one moment, turned round: from a user or group to the rules that hold for
 * it. Immutable.
 */
public final class RbacRules {

  /** Nobody may do anything. */
  public static final RbacRules NONE = new RbacRules(Map.of(), Map.of());

  private record RoleKey(String namespace, String name) {}

  private record Bound(String namespace, List<PolicyRule> rules) {}

  private final Map<String, List<Bound>> bySubject;

  private final Map<RoleKey, List<PolicyRule>> byRole;

  private RbacRules(Map<String, List<Bound>> bySubject, Map<RoleKey, List<PolicyRule>> byRole) {
    this.bySubject = bySubject;
    this.byRole = byRole;
  }

  /**
   * Compiles roles and bindings. Bindings to roles that do not exist are passed over. Aggregated
   * cluster roles have the rules of those that their selectors match.
   *
   * @param matches whether a selector matches labels
   */
  public static RbacRules compile(
      List<ClusterRole> clusterRoles,
      List<Role> roles,
      List<ClusterRoleBinding> clusterRoleBindings,
      List<RoleBinding> roleBindings,
      Selects matches) {
    Map<RoleKey, List<PolicyRule>> rules = new HashMap<>();
    for (ClusterRole role : clusterRoles) {
      rules.put(new RoleKey("", name(role.metadata().name())), rules(role, clusterRoles, matches));
    }
    for (Role role : roles) {
      rules.put(
          new RoleKey(name(role.metadata().namespace()), name(role.metadata().name())),
          role.rules());
    }
    Map<String, List<Bound>> bySubject = new HashMap<>();
    for (ClusterRoleBinding binding : clusterRoleBindings) {
      bind(bySubject, rules, "", binding.roleRef(), binding.subjects());
    }
    for (RoleBinding binding : roleBindings) {
      bind(
          bySubject,
          rules,
          name(binding.metadata().namespace()),
          binding.roleRef(),
          binding.subjects());
    }
    return new RbacRules(bySubject, rules);
  }

  /** Whether a label selector matches labels. */
  @FunctionalInterface
  public interface Selects {
    /** Decides. */
    boolean test(LabelSelector selector, Map<String, String> labels);
  }

  private static List<PolicyRule> rules(ClusterRole role, List<ClusterRole> all, Selects matches) {
    if (role.aggregationRule() == null) {
      return role.rules();
    }
    Set<PolicyRule> rules = new LinkedHashSet<>();
    Set<ClusterRole> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    aggregate(role, all, matches, seen, rules);
    return List.copyOf(rules);
  }

  /** Aggregated roles are made of others, which may be aggregated too: edit is a part of admin. */
  private static void aggregate(
      ClusterRole role,
      List<ClusterRole> all,
      Selects matches,
      Set<ClusterRole> seen,
      Set<PolicyRule> into) {
    if (!seen.add(role)) {
      return;
    }
    into.addAll(role.rules());
    AggregationRule aggregation = role.aggregationRule();
    if (aggregation == null) {
      return;
    }
    for (ClusterRole other : all) {
      if (aggregation.clusterRoleSelectors().stream()
          .anyMatch(selector -> matches.test(selector, other.metadata().labels()))) {
        aggregate(other, all, matches, seen, into);
      }
    }
  }

  private static void bind(
      Map<String, List<Bound>> bySubject,
      Map<RoleKey, List<PolicyRule>> rules,
      String namespace,
      @Nullable RoleRef role,
      List<Subject> subjects) {
    if (role == null) {
      return;
    }
    String roleNamespace = "ClusterRole".equals(role.kind()) ? "" : namespace;
    List<PolicyRule> found = rules.get(new RoleKey(roleNamespace, name(role.name())));
    if (found == null) {
      return;
    }
    Bound bound = new Bound(namespace, found);
    for (Subject subject : subjects) {
      String key = keyOf(subject, namespace);
      if (key != null) {
        bySubject.computeIfAbsent(key, _ -> new ArrayList<>(2)).add(bound);
      }
    }
  }

  private static @Nullable String keyOf(Subject subject, String bindingNamespace) {
    return switch (name(subject.kind())) {
      case "User" -> userKey(name(subject.name()));
      case "Group" -> groupKey(name(subject.name()));
      case "ServiceAccount" -> {
        String namespace = name(subject.namespace());
        yield userKey(
            ServiceAccountNames.userName(
                namespace.isEmpty() ? bindingNamespace : namespace, name(subject.name())));
      }
      default -> null;
    };
  }

  private static String userKey(String name) {
    return "u:" + name;
  }

  private static String groupKey(String name) {
    return "g:" + name;
  }

  private static String name(@Nullable String text) {
    return text == null ? "" : text;
  }

  /**
   * The rules of a role, with those that are aggregated into it.
   *
   * @param namespace empty for a cluster role
   * @return null if there is no such role
   */
  public @Nullable List<PolicyRule> rulesOf(String namespace, String role) {
    return byRole.get(new RoleKey(namespace, role));
  }

  /** Whether any rule that holds for the user covers the request. */
  boolean allow(Attributes request) {
    return visit(request.user(), request.namespace(), rule -> RuleMatch.allows(rule, request));
  }

  /** All rules that hold for a user in a namespace. */
  List<PolicyRule> rulesFor(User user, String namespace) {
    List<PolicyRule> rules = new ArrayList<>();
    visit(
        user,
        namespace,
        rule -> {
          rules.add(rule);
          return false;
        });
    return rules;
  }

  private boolean visit(User user, String namespace, Predicate<PolicyRule> stop) {
    if (visit(bySubject.get(userKey(user.name())), namespace, stop)) {
      return true;
    }
    for (String group : user.groups()) {
      if (visit(bySubject.get(groupKey(group)), namespace, stop)) {
        return true;
      }
    }
    return false;
  }

  private static boolean visit(
      @Nullable List<Bound> bounds, String namespace, Predicate<PolicyRule> stop) {
    if (bounds == null) {
      return false;
    }
    for (Bound bound : bounds) {
      if (bound.namespace().isEmpty()
          || (!namespace.isEmpty() && bound.namespace().equals(namespace))) {
        for (PolicyRule rule : bound.rules()) {
          if (stop.test(rule)) {
            return true;
          }
        }
      }
    }
    return false;
  }
}
