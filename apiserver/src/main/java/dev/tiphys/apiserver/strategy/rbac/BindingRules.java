package dev.tiphys.apiserver.strategy.rbac;

import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.rbac.v1.RoleRef;
import dev.tiphys.api.rbac.v1.Subject;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.PathNames;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What bindings of both scopes have in common. Pure. */
final class BindingRules {

  private static final String GROUP = "rbac.authorization.k8s.io";
  private static final Path ROLE_REF = Path.of("roleRef");

  private BindingRules() {}

  static @Nullable RoleRef withGroup(@Nullable RoleRef role) {
    return role == null || !isEmpty(role.apiGroup()) ? role : role.withApiGroup(GROUP);
  }

  /** Users and groups are RBAC's own notions; service accounts are of the core group. */
  static List<Subject> withGroups(List<Subject> subjects) {
    return subjects.stream()
        .map(subject ->
            isEmpty(subject.apiGroup()) && isUserOrGroup(subject)
                ? subject.withApiGroup(GROUP)
                : subject)
        .toList();
  }

  private static boolean isUserOrGroup(Subject subject) {
    return "User".equals(subject.kind()) || "Group".equals(subject.kind());
  }

  /**
   * Says what is wrong with a binding.
   *
   * @param kinds of roles that may be bound
   * @param namespaced whether the binding is in a namespace, which accounts then may leave out
   */
  static void validate(
      @Nullable RoleRef role,
      List<Subject> subjects,
      List<String> kinds,
      boolean namespaced,
      FieldErrors errors) {
    if (role == null || !GROUP.equals(role.apiGroup())) {
      errors.notSupported(
          ROLE_REF.child("apiGroup"), role == null ? "" : role.apiGroup(), List.of(GROUP));
    }
    if (role == null || role.kind() == null || !kinds.contains(role.kind())) {
      errors.notSupported(ROLE_REF.child("kind"), role == null ? "" : role.kind(), kinds);
    }
    PathNames.required(role == null ? null : role.name(), "", ROLE_REF.child("name"), errors);
    for (int i = 0; i < subjects.size(); i++) {
      validate(subjects.get(i), Path.of("subjects").index(i), namespaced, errors);
    }
  }

  private static void validate(Subject subject, Path path, boolean namespaced, FieldErrors errors) {
    if (isEmpty(subject.name())) {
      errors.required(path.child("name"), "");
    }
    String kind = subject.kind() == null ? "" : subject.kind();
    switch (kind) {
      case "ServiceAccount" -> {
        if (!isEmpty(subject.name())) {
          errors.invalid(
              path.child("name"),
              subject.name(),
              DnsNames.subdomain(String.valueOf(subject.name())));
        }
        if (!isEmpty(subject.apiGroup())) {
          errors.notSupported(path.child("apiGroup"), subject.apiGroup(), List.of(""));
        }
        if (!namespaced && isEmpty(subject.namespace())) {
          errors.required(path.child("namespace"), "");
        }
      }
      case "User", "Group" -> {
        if (!GROUP.equals(subject.apiGroup())) {
          errors.notSupported(path.child("apiGroup"), subject.apiGroup(), List.of(GROUP));
        }
      }
      default ->
          errors.notSupported(path.child("kind"), kind, List.of("Group", "ServiceAccount", "User"));
    }
  }

  /** What is granted cannot be exchanged beneath those to whom it was granted. */
  static void validateUpdate(@Nullable RoleRef role, @Nullable RoleRef old, FieldErrors errors) {
    if (!Objects.equals(role, old)) {
      errors.invalid(ROLE_REF, role, "cannot change roleRef");
    }
  }

  private static boolean isEmpty(@Nullable String text) {
    return text == null || text.isEmpty();
  }
}
