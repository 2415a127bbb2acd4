package dev.tiphys.apiserver.strategy.workload;

import dev.tiphys.api.core.v1.AppArmorProfile;
import dev.tiphys.api.core.v1.PodSecurityContext;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.SeccompProfile;
import dev.tiphys.api.core.v1.SecurityContext;
import dev.tiphys.api.core.v1.Sysctl;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.LocalPaths;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What is wrong with the security settings of a pod and of its containers. Pure. */
final class SecurityValidation {

  private static final long HIGHEST_ID = Integer.MAX_VALUE;
  private static final int LONGEST_SYSCTL = 253;
  private static final int LONGEST_PROFILE = 4095;
  private static final String SYSCTL_PART = "[a-z0-9]([-_a-z0-9]*[a-z0-9])?";
  private static final String SYSCTL = "(" + SYSCTL_PART + "[\\./])*" + SYSCTL_PART;
  private static final Pattern SYSCTLS = Pattern.compile(SYSCTL);
  private static final List<String> PROFILE_TYPES =
      List.of("Localhost", "RuntimeDefault", "Unconfined");

  private SecurityValidation() {}

  static void validatePod(PodSpec spec, Path path, FieldErrors errors) {
    PodSecurityContext context = spec.securityContext();
    if (Boolean.TRUE.equals(spec.shareProcessNamespace()) && Boolean.TRUE.equals(spec.hostPID())) {
      errors.invalid(
          path.child("shareProcessNamespace"),
          true,
          "ShareProcessNamespace and HostPID cannot both be enabled");
    }
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
    validateSysctls(spec, context.sysctls(), at.child("sysctls"), errors);
    Checks.oneOf(
        context.fsGroupChangePolicy(),
        List.of("Always", "OnRootMismatch"),
        at.child("fsGroupChangePolicy"),
        errors);
    Checks.oneOf(
        context.supplementalGroupsPolicy(),
        List.of("Merge", "Strict"),
        at.child("supplementalGroupsPolicy"),
        errors);
    Checks.oneOf(
        context.seLinuxChangePolicy(),
        List.of("MountOption", "Recursive"),
        at.child("seLinuxChangePolicy"),
        errors);
    seccomp(context.seccompProfile(), at.child("seccompProfile"), errors);
    appArmor(context.appArmorProfile(), at.child("appArmorProfile"), errors);
    WindowsValidation.validateOptions(context.windowsOptions(), at.child("windowsOptions"), errors);
  }

  private static void validateSysctls(
      PodSpec spec, List<Sysctl> sysctls, Path path, FieldErrors errors) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < sysctls.size(); i++) {
      Path at = path.index(i).child("name");
      if (!Checks.present(sysctls.get(i).name(), at, errors)) {
        continue;
      }
      String name = String.valueOf(sysctls.get(i).name());
      if (name.length() > LONGEST_SYSCTL || !SYSCTLS.matcher(name).matches()) {
        errors.invalid(
            at, name, "must have at most 253 characters and match regex ^" + SYSCTL + "$");
      } else if (!names.add(name)) {
        errors.duplicate(at, name);
      }
      String dotted = name.replace('/', '.');
      if (Boolean.TRUE.equals(spec.hostNetwork()) && dotted.startsWith("net.")) {
        errors.invalid(at, name, "may not be specified when 'hostNetwork' is true");
      } else if (Boolean.TRUE.equals(spec.hostIPC()) && isOfIpc(dotted)) {
        errors.invalid(at, name, "may not be specified when 'hostIPC' is true");
      }
    }
  }

  /** Whether the kernel keeps a value for each IPC namespace. */
  private static boolean isOfIpc(String sysctl) {
    return sysctl.equals("kernel.sem")
        || sysctl.startsWith("kernel.shm")
        || sysctl.startsWith("kernel.msg")
        || sysctl.startsWith("fs.mqueue.");
  }

  static void validateContainer(
      @Nullable SecurityContext context, boolean hostUsers, Path path, FieldErrors errors) {
    if (context == null) {
      return;
    }
    id(context.runAsUser(), path.child("runAsUser"), errors);
    id(context.runAsGroup(), path.child("runAsGroup"), errors);
    Checks.oneOf(
        context.procMount(), List.of("Default", "Unmasked"), path.child("procMount"), errors);
    if (hostUsers && "Unmasked".equals(context.procMount())) {
      errors.invalid(
          path.child("procMount"),
          context.procMount(),
          "`hostUsers` must be false to use `Unmasked`");
    }
    seccomp(context.seccompProfile(), path.child("seccompProfile"), errors);
    appArmor(context.appArmorProfile(), path.child("appArmorProfile"), errors);
    WindowsValidation.validateOptions(
        context.windowsOptions(), path.child("windowsOptions"), errors);
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

  private static void seccomp(@Nullable SeccompProfile profile, Path path, FieldErrors errors) {
    if (profile == null) {
      return;
    }
    Path type = path.child("type");
    if (profile.type() == null || profile.type().isEmpty()) {
      errors.required(type, "type is required when seccompProfile is set");
      return;
    }
    Checks.oneOf(profile.type(), PROFILE_TYPES, type, errors);
    Path local = path.child("localhostProfile");
    if (profile.type().equals("Localhost")) {
      if (profile.localhostProfile() == null) {
        errors.required(local, "must be set when seccomp type is Localhost");
      } else {
        LocalPaths.checkDescending(profile.localhostProfile(), local, errors);
      }
    } else if (profile.localhostProfile() != null) {
      errors.invalid(
          local, profile.localhostProfile(), "can only be set when seccomp type is Localhost");
    }
  }

  static void appArmor(@Nullable AppArmorProfile profile, Path path, FieldErrors errors) {
    if (profile == null) {
      return;
    }
    if (profile.type() == null || profile.type().isEmpty()) {
      errors.required(path.child("type"), "type is required when appArmorProfile is set");
      return;
    }
    Checks.oneOf(profile.type(), PROFILE_TYPES, path.child("type"), errors);
    Path local = path.child("localhostProfile");
    String name = profile.localhostProfile();
    if (!profile.type().equals("Localhost")) {
      if (name != null) {
        errors.invalid(local, name, "can only be set when AppArmor type is Localhost");
      }
    } else if (name == null || name.isEmpty()) {
      errors.required(local, "must be set when AppArmor type is Localhost");
    } else if (!name.equals(name.strip())) {
      errors.invalid(local, name, "must not be padded with whitespace");
    } else if (name.length() > LONGEST_PROFILE) {
      errors.add(FieldError.tooLong(local, LONGEST_PROFILE));
    }
  }
}
