package dev.tiphys.apiserver.admission;

import dev.tiphys.api.rbac.v1.ClusterRole;
import dev.tiphys.api.rbac.v1.ClusterRoleBinding;
import dev.tiphys.api.rbac.v1.PolicyRule;
import dev.tiphys.api.rbac.v1.Role;
import dev.tiphys.api.rbac.v1.RoleBinding;
import dev.tiphys.api.rbac.v1.RoleRef;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.authz.Attributes;
import dev.tiphys.apiserver.authz.Authorizer;
import dev.tiphys.apiserver.request.ApiException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Nobody grants what they do not have: who writes a role must hold its rules already, or the verb
 * {@code escalate}; who writes a binding must hold the role's rules, or the verb {@code bind}.
 */
public final class RbacEscalation implements Admission {

  private static final String GROUP = "rbac.authorization.k8s.io";

  /** The rules of a role that may be aggregated of others. */
  public interface RoleRules {
    /**
     * The rules.
     *
     * @param namespace empty for a cluster role
     * @return null if there is no such role
     */
    @Nullable List<PolicyRule> of(String namespace, String name);
  }

  private record Judge(Authorizer authorizer, RoleRules roles) {}

  private final AtomicReference<@Nullable Judge> judge = new AtomicReference<>();

  /** Says who judges, once the server is put together; before that nothing is refused. */
  public void judgedBy(Authorizer authorizer, RoleRules roles) {
    judge.set(new Judge(authorizer, roles));
  }

  @Override
  public void validate(Request request, @Nullable ApiObject object, @Nullable ApiObject old) {
    Judge by = judge.get();
    if (by == null
        || !request.writes()
        || !request.type().group().equals(GROUP)
        || request.user().groups().contains(User.MASTERS)) {
      return;
    }
    switch (object) {
      case Role role -> {
        if (!(old instanceof Role before) || !before.rules().equals(role.rules())) {
          role(by, request, name(role), role.rules());
        }
      }
      case ClusterRole role -> {
        if (!(old instanceof ClusterRole before) || !sameGrant(before, role)) {
          role(by, request, name(role), role.rules());
        }
      }
      case RoleBinding binding -> binding(by, request, name(binding), binding.roleRef());
      case ClusterRoleBinding binding -> binding(by, request, name(binding), binding.roleRef());
      case null, default -> {
        // Not a grant.
      }
    }
  }

  private static boolean sameGrant(ClusterRole before, ClusterRole after) {
    return before.rules().equals(after.rules())
        && Objects.equals(before.aggregationRule(), after.aggregationRule());
  }

  private void role(Judge by, Request request, String name, List<PolicyRule> rules) {
    if (!may(by, request, "escalate", request.type().plural(), request.namespace(), name)) {
      requireHeld(by, request, name, rules);
    }
  }

  private void binding(Judge by, Request request, String name, @Nullable RoleRef role) {
    if (role == null) {
      return;
    }
    boolean cluster = "ClusterRole".equals(role.kind());
    String roleName = role.name() == null ? "" : role.name();
    String plural = cluster ? "clusterroles" : "roles";
    if (may(by, request, "bind", plural, request.namespace(), roleName)) {
      return;
    }
    List<PolicyRule> rules = by.roles().of(cluster ? "" : request.namespace(), roleName);
    if (rules == null) {
      throw ApiException.notFound(GROUP, plural, roleName);
    }
    requireHeld(by, request, name, rules);
  }

  private static boolean may(
      Judge by, Request request, String verb, String plural, String namespace, String name) {
    return by.authorizer()
        .decide(Attributes.resource(request.user(), verb, GROUP, plural, "", namespace, name))
        .allowed();
  }

  private static void requireHeld(Judge by, Request request, String name, List<PolicyRule> rules) {
    List<String> missing = new ArrayList<>();
    for (PolicyRule rule : rules) {
      if (!held(by.authorizer(), request, rule)) {
        missing.add(text(rule));
      }
    }
    if (!missing.isEmpty()) {
      throw ApiException.forbidden(
          GROUP,
          request.type().plural(),
          name,
          "user \""
              + request.user().name()
              + "\" (groups="
              + quoted(request.user().groups()).replace(", ", " ")
              + ") is attempting to grant RBAC permissions not currently held:\n"
              + String.join("\n", missing));
    }
  }

  /** Whether the user may do each single thing that a rule allows. */
  private static boolean held(Authorizer authorizer, Request request, PolicyRule rule) {
    User user = request.user();
    List<String> names = rule.resourceNames().isEmpty() ? List.of("") : rule.resourceNames();
    for (String verb : rule.verbs()) {
      for (String path : rule.nonResourceURLs()) {
        if (!authorizer
            .decide(new Attributes(user, verb, false, path, "", "", "", "", "", ""))
            .allowed()) {
          return false;
        }
      }
      for (String group : rule.apiGroups()) {
        for (String resource : rule.resources()) {
          for (String name : names) {
            int slash = resource.indexOf('/');
            Attributes single =
                Attributes.resource(
                    user,
                    verb,
                    group,
                    slash < 0 ? resource : resource.substring(0, slash),
                    slash < 0 ? "" : resource.substring(slash + 1),
                    request.namespace(),
                    name);
            if (!authorizer.decide(single).allowed()) {
              return false;
            }
          }
        }
      }
    }
    return true;
  }

  private static String text(PolicyRule rule) {
    List<String> parts = new ArrayList<>();
    add(parts, "APIGroups", rule.apiGroups());
    add(parts, "Resources", rule.resources());
    add(parts, "ResourceNames", rule.resourceNames());
    add(parts, "NonResourceURLs", rule.nonResourceURLs());
    add(parts, "Verbs", rule.verbs());
    return "{" + String.join(", ", parts) + "}";
  }

  private static void add(List<String> parts, String name, List<String> values) {
    if (!values.isEmpty()) {
      parts.add(name + ":" + quoted(values));
    }
  }

  private static String quoted(List<String> values) {
    return values.stream().map(value -> "\"" + value + "\"").toList().toString();
  }

  private static String name(ApiObject object) {
    String name = object.metadata().name();
    return name == null ? "" : name;
  }
}
