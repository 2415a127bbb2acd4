package dev.tiphys.apiserver.admission;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.PodSecurityContext;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.SeccompProfile;
import dev.tiphys.api.core.v1.SecurityContext;
import dev.tiphys.api.core.v1.Sysctl;
import dev.tiphys.api.core.v1.Volume;
import dev.tiphys.api.schema.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the Pod Security Standards forbid at the levels {@code baseline} and {@code restricted}, in
 * the words of their published checks. Pure.
 */
final class PodSecurityLevels {

  private static final Set<String> BASELINE_CAPABILITIES =
      Set.of(
          "AUDIT_WRITE",
          "CHOWN",
          "DAC_OVERRIDE",
          "FOWNER",
          "FSETID",
          "KILL",
          "MKNOD",
          "NET_BIND_SERVICE",
          "SETFCAP",
          "SETGID",
          "SETPCAP",
          "SETUID",
          "SYS_CHROOT");
  private static final Set<String> SAFE_SYSCTLS =
      Set.of(
          "kernel.shm_rmid_forced",
          "net.ipv4.ip_local_port_range",
          "net.ipv4.ip_local_reserved_ports",
          "net.ipv4.ip_unprivileged_port_start",
          "net.ipv4.ping_group_range",
          "net.ipv4.tcp_fin_timeout",
          "net.ipv4.tcp_keepalive_intvl",
          "net.ipv4.tcp_keepalive_probes",
          "net.ipv4.tcp_keepalive_time",
          "net.ipv4.tcp_syncookies",
          "net.ipv4.tcp_rmem",
          "net.ipv4.tcp_wmem");
  private static final Set<String> RESTRICTED_VOLUMES =
      Set.of(
          "configMap",
          "csi",
          "downwardAPI",
          "emptyDir",
          "ephemeral",
          "image",
          "persistentVolumeClaim",
          "projected",
          "secret");

  private final PodSpec spec;
  private final PodSecurityContext pod;
  private final List<Container> containers;
  private final List<String> faults = new ArrayList<>();

  private PodSecurityLevels(PodSpec spec) {
    this.spec = spec;
    this.pod = Objects.requireNonNullElse(spec.securityContext(), PodSecurityContext.EMPTY);
    this.containers =
        Stream.concat(spec.initContainers().stream(), spec.containers().stream()).toList();
  }

  /** What is wrong with a pod at a level; nothing for {@code privileged}. */
  static List<String> faults(PodSpec spec, String level) {
    PodSecurityLevels check = new PodSecurityLevels(spec);
    if (level.equals("baseline") || level.equals("restricted")) {
      check.baseline(level.equals("restricted"));
    }
    if (level.equals("restricted")) {
      check.restricted();
    }
    return check.faults;
  }

  private static SecurityContext of(Container container) {
    return Objects.requireNonNullElse(container.securityContext(), SecurityContext.EMPTY);
  }

  /** The containers for which something holds, as sentences name them. */
  private String named(Predicate<Container> which) {
    List<String> names =
        containers.stream().filter(which).map(c -> "\"" + c.name() + "\"").toList();
    if (names.isEmpty()) {
      return "";
    }
    return (names.size() == 1 ? "container " : "containers ") + String.join(", ", names);
  }

  private void baseline(boolean restricted) {
    List<String> host = new ArrayList<>();
    if (Boolean.TRUE.equals(spec.hostNetwork())) {
      host.add("hostNetwork=true");
    }
    if (Boolean.TRUE.equals(spec.hostPID())) {
      host.add("hostPID=true");
    }
    if (Boolean.TRUE.equals(spec.hostIPC())) {
      host.add("hostIPC=true");
    }
    if (!host.isEmpty()) {
      faults.add("host namespaces (" + String.join(", ", host) + ")");
    }
    fault(
        "privileged",
        named(c -> Boolean.TRUE.equals(of(c).privileged())),
        " must not set securityContext.privileged=true");
    if (!restricted) {
      fault(
          "non-default capabilities",
          named(c -> !added(c, BASELINE_CAPABILITIES).isEmpty()),
          " must not include "
              + quoted(
                  containers.stream()
                      .flatMap(c -> added(c, BASELINE_CAPABILITIES).stream())
                      .distinct()
                      .sorted()
                      .toList())
              + " in securityContext.capabilities.add");
    }
    List<String> paths =
        spec.volumes().stream()
            .filter(v -> v.hostPath() != null)
            .map(v -> "\"" + v.name() + "\"")
            .toList();
    if (!paths.isEmpty() && !restricted) {
      faults.add(
          "hostPath volumes ("
              + (paths.size() == 1 ? "volume " : "volumes ")
              + String.join(", ", paths)
              + ")");
    }
    fault(
        "hostPort",
        named(c -> c.ports().stream().anyMatch(p -> p.hostPort() != null && p.hostPort() != 0)),
        " uses a hostPort");
    fault(
        "procMount",
        named(c -> of(c).procMount() != null && !"Default".equals(of(c).procMount())),
        " must not set securityContext.procMount");
    List<String> sysctls =
        pod.sysctls().stream()
            .map(Sysctl::name)
            .map(String::valueOf)
            .filter(n -> !SAFE_SYSCTLS.contains(n))
            .toList();
    if (!sysctls.isEmpty()) {
      faults.add("forbidden sysctls (" + String.join(", ", sysctls) + ")");
    }
    boolean unconfined = isUnconfined(pod.seccompProfile());
    String confined = named(c -> isUnconfined(of(c).seccompProfile()));
    if (!restricted && (unconfined || !confined.isEmpty())) {
      faults.add(
          "seccompProfile ("
              + (unconfined ? "pod" : confined)
              + " must not set securityContext.seccompProfile.type to \"Unconfined\")");
    }
  }

  private void restricted() {
    fault(
        "allowPrivilegeEscalation != false",
        named(c -> !Boolean.FALSE.equals(of(c).allowPrivilegeEscalation())),
        " must set securityContext.allowPrivilegeEscalation=false");
    fault(
        "unrestricted capabilities",
        named(c -> !dropsAll(c) || !added(c, Set.of("NET_BIND_SERVICE")).isEmpty()),
        " must set securityContext.capabilities.drop=[\"ALL\"]");
    List<String> volumes =
        spec.volumes().stream()
            .filter(v -> !RESTRICTED_VOLUMES.contains(source(v)))
            .map(v -> "\"" + v.name() + "\"")
            .toList();
    if (!volumes.isEmpty()) {
      faults.add(
          "restricted volume types ("
              + (volumes.size() == 1 ? "volume " : "volumes ")
              + String.join(", ", volumes)
              + (volumes.size() == 1
                  ? " uses restricted volume type "
                  : " use restricted volume types ")
              + quoted(
                  spec.volumes().stream()
                      .map(PodSecurityLevels::source)
                      .filter(s -> !RESTRICTED_VOLUMES.contains(s))
                      .distinct()
                      .toList())
              + ")");
    }
    boolean podRoot = Boolean.TRUE.equals(pod.runAsNonRoot());
    String root =
        named(c ->
            of(c).runAsNonRoot() == null ? !podRoot : !Boolean.TRUE.equals(of(c).runAsNonRoot()));
    if (!root.isEmpty()) {
      faults.add(
          "runAsNonRoot != true (pod or " + root + " must set securityContext.runAsNonRoot=true)");
    }
    fault(
        "runAsUser=0",
        Long.valueOf(0).equals(pod.runAsUser())
            ? "pod"
            : named(c -> Long.valueOf(0).equals(of(c).runAsUser())),
        " must not set runAsUser=0");
    boolean podProfile = isConfined(pod.seccompProfile());
    String profile =
        named(c ->
            of(c).seccompProfile() == null ? !podProfile : !isConfined(of(c).seccompProfile()));
    if (!profile.isEmpty()) {
      faults.add(
          "seccompProfile (pod or "
              + profile
              + " must set securityContext.seccompProfile.type to \"RuntimeDefault\" or"
              + " \"Localhost\")");
    }
  }

  private void fault(String title, String who, String what) {
    if (!who.isEmpty()) {
      faults.add(title + " (" + who + what + ")");
    }
  }

  private static boolean isUnconfined(@Nullable SeccompProfile profile) {
    return profile != null && "Unconfined".equals(profile.type());
  }

  private static boolean isConfined(@Nullable SeccompProfile profile) {
    return profile != null
        && List.of("RuntimeDefault", "Localhost").contains(String.valueOf(profile.type()));
  }

  private static List<String> added(Container container, Set<String> allowed) {
    var capabilities = of(container).capabilities();
    return capabilities == null
        ? List.of()
        : capabilities.add().stream().filter(c -> !allowed.contains(c)).toList();
  }

  private static boolean dropsAll(Container container) {
    var capabilities = of(container).capabilities();
    return capabilities != null && capabilities.drop().contains("ALL");
  }

  /** The name of the field that says what a volume is. */
  private static String source(Volume volume) {
    for (Field field : Volume.TYPE.fields()) {
      if (!field.name().equals("name") && volume.get(field.index()) != null) {
        return field.name();
      }
    }
    return "emptyDir";
  }

  private static String quoted(List<String> values) {
    return String.join(", ", values.stream().map(v -> "\"" + v + "\"").toList());
  }
}
