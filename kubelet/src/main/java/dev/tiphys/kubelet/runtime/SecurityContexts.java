package dev.tiphys.kubelet.runtime;

import static java.util.Objects.requireNonNullElse;

import dev.tiphys.api.core.v1.AppArmorProfile;
import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.PodSecurityContext;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.SELinuxOptions;
import dev.tiphys.api.core.v1.SeccompProfile;
import dev.tiphys.api.core.v1.SecurityContext;
import dev.tiphys.cri.v1.Capability;
import dev.tiphys.cri.v1.Int64Value;
import dev.tiphys.cri.v1.LinuxContainerSecurityContext;
import dev.tiphys.cri.v1.NamespaceMode;
import dev.tiphys.cri.v1.NamespaceOption;
import dev.tiphys.cri.v1.SELinuxOption;
import dev.tiphys.cri.v1.SecurityProfile;
import dev.tiphys.cri.v1.SupplementalGroupsPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** As whom, and with what rights, a container runs; its own settings go before its pod's. Pure. */
final class SecurityContexts {
  // What procMount: Default hides, by the documentation of the field.
  private static final List<String> MASKED_PATHS =
      List.of(
          "/proc/asound",
          "/proc/acpi",
          "/proc/interrupts",
          "/proc/kcore",
          "/proc/keys",
          "/proc/latency_stats",
          "/proc/timer_list",
          "/proc/timer_stats",
          "/proc/sched_debug",
          "/proc/scsi",
          "/sys/firmware",
          "/sys/devices/virtual/powercap");
  private static final List<String> READONLY_PATHS =
      List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

  private SecurityContexts() {}

  /**
   * Who the image wants to be.
   *
   * @param uid null if the image does not say, or says it by name
   * @param name empty if the image does not say, or says it by number
   */
  record ImageUser(@Nullable Long uid, String name) {
    /** Root, which an image means that says nothing. */
    static final ImageUser ROOT = new ImageUser(0L, "");
  }

  /** Why this container must not run as that user; empty if it may. */
  static Optional<String> rootRefusal(
      PodSpec spec, Container container, ImageUser image, String podName) {
    PodSecurityContext pod = requireNonNullElse(spec.securityContext(), PodSecurityContext.EMPTY);
    SecurityContext own = requireNonNullElse(container.securityContext(), SecurityContext.EMPTY);
    Boolean nonRoot = own.runAsNonRoot() != null ? own.runAsNonRoot() : pod.runAsNonRoot();
    if (!Boolean.TRUE.equals(nonRoot)) {
      return Optional.empty();
    }
    String where = " (pod: \"" + podName + "\", container: " + container.name() + ")";
    Long user = own.runAsUser() != null ? own.runAsUser() : pod.runAsUser();
    if (user != null) {
      return user == 0
          ? Optional.of("container's runAsUser breaks non-root policy" + where)
          : Optional.empty();
    }
    if (image.uid() != null) {
      return image.uid() == 0
          ? Optional.of("container has runAsNonRoot and image will run as root" + where)
          : Optional.empty();
    }
    return Optional.of(
        "container has runAsNonRoot and image has non-numeric user ("
            + image.name()
            + "), cannot verify user is non-root"
            + where);
  }

  static LinuxContainerSecurityContext of(
      PodSpec spec,
      Container container,
      ImageUser image,
      @Nullable String targetContainerId,
      RuntimeSettings settings) {
    PodSecurityContext pod = requireNonNullElse(spec.securityContext(), PodSecurityContext.EMPTY);
    SecurityContext own = requireNonNullElse(container.securityContext(), SecurityContext.EMPTY);
    boolean privileged = Boolean.TRUE.equals(own.privileged());
    LinuxContainerSecurityContext.Builder context =
        LinuxContainerSecurityContext.newBuilder()
            .setPrivileged(privileged)
            .setNamespaceOptions(namespaces(spec, targetContainerId))
            .setReadonlyRootfs(Boolean.TRUE.equals(own.readOnlyRootFilesystem()))
            .setNoNewPrivs(Boolean.FALSE.equals(own.allowPrivilegeEscalation()))
            .addAllSupplementalGroups(groups(pod))
            .setSupplementalGroupsPolicy(
                "Strict".equals(pod.supplementalGroupsPolicy())
                    ? SupplementalGroupsPolicy.Strict
                    : SupplementalGroupsPolicy.Merge);
    identify(context, pod, own, image);
    if (!"Unmasked".equals(own.procMount())) {
      context.addAllMaskedPaths(MASKED_PATHS).addAllReadonlyPaths(READONLY_PATHS);
    }
    if (own.capabilities() != null) {
      context.setCapabilities(
          Capability.newBuilder()
              .addAllAddCapabilities(own.capabilities().add())
              .addAllDropCapabilities(own.capabilities().drop()));
    }
    SELinuxOptions selinux =
        own.seLinuxOptions() != null ? own.seLinuxOptions() : pod.seLinuxOptions();
    if (selinux != null) {
      context.setSelinuxOptions(selinux(selinux));
    }
    SeccompProfile seccomp =
        own.seccompProfile() != null ? own.seccompProfile() : pod.seccompProfile();
    context.setSeccomp(seccomp(privileged ? null : seccomp, privileged, settings));
    AppArmorProfile appArmor =
        own.appArmorProfile() != null ? own.appArmorProfile() : pod.appArmorProfile();
    if (appArmor != null) {
      context.setApparmor(
          profile(
              requireNonNullElse(appArmor.type(), ""),
              requireNonNullElse(appArmor.localhostProfile(), "")));
    }
    return context.build();
  }

  private static void identify(
      LinuxContainerSecurityContext.Builder context,
      PodSecurityContext pod,
      SecurityContext own,
      ImageUser image) {
    Long user = own.runAsUser() != null ? own.runAsUser() : pod.runAsUser();
    Long group = own.runAsGroup() != null ? own.runAsGroup() : pod.runAsGroup();
    if (user == null) {
      user = image.uid();
    }
    if (user != null) {
      context.setRunAsUser(value(user));
    } else {
      context.setRunAsUsername(image.name());
    }
    if (group != null) {
      context.setRunAsGroup(value(group));
    }
  }

  /** The namespaces of a sandbox, and of a container that has no target. */
  static NamespaceOption namespaces(PodSpec spec) {
    return namespaces(spec, null);
  }

  private static NamespaceOption namespaces(PodSpec spec, @Nullable String targetContainerId) {
    NamespaceOption.Builder options =
        NamespaceOption.newBuilder()
            .setNetwork(nodeOrPod(spec.hostNetwork()))
            .setIpc(nodeOrPod(spec.hostIPC()))
            .setPid(NamespaceMode.CONTAINER);
    if (Boolean.TRUE.equals(spec.hostPID())) {
      options.setPid(NamespaceMode.NODE);
    } else if (Boolean.TRUE.equals(spec.shareProcessNamespace())) {
      options.setPid(NamespaceMode.POD);
    } else if (targetContainerId != null) {
      options.setPid(NamespaceMode.TARGET).setTargetId(targetContainerId);
    }
    return options.build();
  }

  private static NamespaceMode nodeOrPod(@Nullable Boolean host) {
    return Boolean.TRUE.equals(host) ? NamespaceMode.NODE : NamespaceMode.POD;
  }

  static List<Long> groups(PodSecurityContext pod) {
    List<Long> groups = new ArrayList<>(pod.supplementalGroups());
    if (pod.fsGroup() != null) {
      groups.add(pod.fsGroup());
    }
    return groups;
  }

  static Int64Value value(long value) {
    return Int64Value.newBuilder().setValue(value).build();
  }

  static SELinuxOption selinux(SELinuxOptions options) {
    return SELinuxOption.newBuilder()
        .setUser(requireNonNullElse(options.user(), ""))
        .setRole(requireNonNullElse(options.role(), ""))
        .setType(requireNonNullElse(options.type(), ""))
        .setLevel(requireNonNullElse(options.level(), ""))
        .build();
  }

  private static SecurityProfile seccomp(
      @Nullable SeccompProfile wanted, boolean privileged, RuntimeSettings settings) {
    if (wanted == null) {
      return profile(
          settings.seccompDefault() && !privileged ? "RuntimeDefault" : "Unconfined", "");
    }
    String file = requireNonNullElse(wanted.localhostProfile(), "");
    return profile(
        requireNonNullElse(wanted.type(), "Unconfined"),
        file.isEmpty() ? "" : settings.seccompProfiles().resolve(file).toString());
  }

  private static SecurityProfile profile(String type, String localhost) {
    return switch (type) {
      case "RuntimeDefault" ->
          SecurityProfile.newBuilder()
              .setProfileType(SecurityProfile.ProfileType.RuntimeDefault)
              .build();
      case "Localhost" ->
          SecurityProfile.newBuilder()
              .setProfileType(SecurityProfile.ProfileType.Localhost)
              .setLocalhostRef(localhost)
              .build();
      default ->
          SecurityProfile.newBuilder()
              .setProfileType(SecurityProfile.ProfileType.Unconfined)
              .build();
    };
  }
}
