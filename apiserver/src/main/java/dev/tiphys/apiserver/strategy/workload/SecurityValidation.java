package dev.tiphys.apiserver.strategy.workload;

import dev.tiphys.api.core.v1.PodSecurityContext;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.SeccompProfile;
import dev.tiphys.api.core.v1.SecurityContext;
import dev.tiphys.api.core.v1.Sysctl;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is wrong with the security settings of a pod and of its containers. Pure. */
final class SecurityValidation {

  private static final long HIGHEST_ID = Integer.MAX_VALUE;
  private static final String SYSCTL =
      "([a-z0-9][-_a-z0-9]*[a-z0-9]?|[a-z0-9])([./]([a-z0-9][-_a-z0-9]*))*";

  private SecurityValidation() {}

  static void validatePod(PodSpec spec, Path path, FieldErrors errors) {
    PodSecurityContext context = spec.securityContext();
    if (context == null) {
      return;
    }
    Path at = path.child("securityContext");
    id(context.fsGroup(), at.child("fsGroup"), errors);
    id(context.runAsUser(), at.child("runAsUser"), errors);
    id(context.runAsGroup(), at.child("runAsGroup"), errors);
    for (int i = 0; i < context.supplementalGroups().size(); i++) {
      id(context.supplementalGroups().get(i), at.child("supplementalGroups").index(i), errors);
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < context.sysctls().size(); i++) {
      Sysctl sysctl = context.sysctls().get(i);
      Path name = at.child("sysctls").index(i).child("name");
      if (Checks.present(sysctl.name(), name, errors)) {
        String text = String.valueOf(sysctl.name());
        if (!text.matches(SYSCTL)) {
          errors.invalid(
              name, text, "must have at most 253 characters and match regex ^" + SYSCTL + "$");
        }
        if (!names.add(text)) {
          errors.duplicate(name, text);
        }
      }
    }
    Checks.oneOf(
        context.fsGroupChangePolicy(),
        List.of("Always", "OnRootMismatch"),
        at.child("fsGroupChangePolicy"),
        errors);
    profile(context.seccompProfile(), at.child("seccompProfile"), errors);
  }

  static void validateContainer(@Nullable SecurityContext context, Path path, FieldErrors errors) {
    if (context == null) {
      return;
    }
    id(context.runAsUser(), path.child("runAsUser"), errors);
    id(context.runAsGroup(), path.child("runAsGroup"), errors);
    Checks.oneOf(
        context.procMount(), List.of("Default", "Unmasked"), path.child("procMount"), errors);
    profile(context.seccompProfile(), path.child("seccompProfile"), errors);
    if (Boolean.FALSE.equals(context.allowPrivilegeEscalation())) {
      if (Boolean.TRUE.equals(context.privileged())) {
        errors.invalid(
            path,
            context,
            "cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
      }
      if (context.capabilities() != null
          && context.capabilities().add().contains("CAP_SYS_ADMIN")) {
        errors.invalid(
            path,
            context,
            "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN");
      }
    }
  }

  private static void id(@Nullable Long id, Path path, FieldErrors errors) {
    if (id != null && (id < 0 || id > HIGHEST_ID)) {
      errors.invalid(path, id, "must be between 0 and 2147483647, inclusive");
    }
  }

  private static void profile(@Nullable SeccompProfile profile, Path path, FieldErrors errors) {
    if (profile == null) {
      return;
    }
    Path type = path.child("type");
    if (profile.type() == null || profile.type().isEmpty()) {
      errors.required(type, "type is required when seccompProfile is set");
      return;
    }
    Checks.oneOf(
        profile.type(), List.of("Localhost", "RuntimeDefault", "Unconfined"), type, errors);
    Path local = path.child("localhostProfile");
    if (profile.type().equals("Localhost")) {
      if (profile.localhostProfile() == null) {
        errors.required(local, "must be set when seccomp type is Localhost");
      } else {
        VolumeValidation.checkLocalPath(profile.localhostProfile(), local, errors);
      }
    } else if (profile.localhostProfile() != null) {
      errors.invalid(
          local, profile.localhostProfile(), "can only be set when seccomp type is Localhost");
    }
  }
}
