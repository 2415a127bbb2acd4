package dev.tiphys.apiserver.admission;

import static dev.tiphys.apiserver.admission.PodSecurityFacts.named;
import static dev.tiphys.apiserver.admission.PodSecurityFacts.plural;
import static dev.tiphys.apiserver.admission.PodSecurityFacts.quoted;

import dev.tiphys.api.core.v1.AppArmorProfile;
import dev.tiphys.api.core.v1.Capabilities;
import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.LifecycleHandler;
import dev.tiphys.api.core.v1.Probe;
import dev.tiphys.api.core.v1.SELinuxOptions;
import dev.tiphys.api.core.v1.SeccompProfile;
import dev.tiphys.api.core.v1.Sysctl;
import dev.tiphys.api.core.v1.Volume;
import dev.tiphys.api.core.v1.WindowsSecurityContextOptions;
import dev.tiphys.api.schema.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The checks of the Pod Security Standards: what is wrong, or an empty text. Pure. */
final class PodSecurityChecks {

  private static final String APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/";
  private static final String SECCOMP_POD = "seccomp.security.alpha.kubernetes.io/pod";
  private static final String SECCOMP_CONTAINER = "container.seccomp.security.alpha.kubernetes.io/";
  private static final Set<String> CAPABILITIES =
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
  private static final Set<String> PROFILES = Set.of("RuntimeDefault", "Localhost");
  private static final Set<String> SELINUX =
      Set.of("", "container_t", "container_init_t", "container_kvm_t");
  private static final String SELINUX_ENGINE = "container_engine_t";
  private static final Set<String> VOLUMES =
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

  /** A sysctl that is safe from a version on. */
  private record Safe(String name, int from) {}

  private static final List<Safe> SYSCTLS =
      List.of(
          new Safe("kernel.shm_rmid_forced", 0),
          new Safe("net.ipv4.ip_local_port_range", 0),
          new Safe("net.ipv4.tcp_syncookies", 0),
          new Safe("net.ipv4.ping_group_range", 0),
          new Safe("net.ipv4.ip_unprivileged_port_start", 0),
          new Safe("net.ipv4.ip_local_reserved_ports", 27),
          new Safe("net.ipv4.tcp_keepalive_time", 29),
          new Safe("net.ipv4.tcp_fin_timeout", 29),
          new Safe("net.ipv4.tcp_keepalive_intvl", 29),
          new Safe("net.ipv4.tcp_keepalive_probes", 29),
          new Safe("net.ipv4.tcp_rmem", 32),
          new Safe("net.ipv4.tcp_wmem", 32));

  private PodSecurityChecks() {}

  private static String fault(String title, String who, String what) {
    return who.isEmpty() ? "" : title + " (" + who + what + ")";
  }

  static String appArmor(PodSecurityFacts pod) {
    SortedSet<String> values = new TreeSet<>();
    boolean ofPod = forbidden(pod.context().appArmorProfile(), values);
    Set<Container> bad =
        Set.copyOf(
            pod.containers().stream()
                .filter(c -> forbidden(PodSecurityFacts.of(c).appArmorProfile(), values))
                .toList());
    String who = pod.setters(ofPod, bad::contains);
    List<String> annotations =
        pod.annotations().entrySet().stream()
            .filter(one -> one.getKey().startsWith(APP_ARMOR))
            .filter(one ->
                !one.getValue().isEmpty()
                    && !one.getValue().equals("runtime/default")
                    && !one.getValue().startsWith("localhost/"))
            .map(one -> one.getKey() + "=\"" + one.getValue() + "\"")
            .sorted()
            .toList();
    List<String> all = new ArrayList<>(values);
    all.addAll(annotations);
    if (!annotations.isEmpty()) {
      who = (who.isEmpty() ? "" : who + " and ") + plural("annotation", annotations.size());
    }
    return fault(
        plural("forbidden AppArmor profile", all.size()),
        who,
        " must not set AppArmor profile type to " + quoted(all));
  }

  private static boolean forbidden(@Nullable AppArmorProfile profile, Set<String> values) {
    if (profile == null || PROFILES.contains(String.valueOf(profile.type()))) {
      return false;
    }
    values.add(String.valueOf(profile.type()));
    return true;
  }

  private static List<String> added(Container container, Set<String> allowed) {
    Capabilities capabilities = PodSecurityFacts.of(container).capabilities();
    return capabilities == null
        ? List.of()
        : capabilities.add().stream().filter(c -> !allowed.contains(c)).toList();
  }

  private static String adding(PodSecurityFacts pod, Set<String> allowed) {
    String who = pod.named(c -> !added(c, allowed).isEmpty());
    List<String> all =
        pod.containers().stream()
            .flatMap(c -> added(c, allowed).stream())
            .distinct()
            .sorted()
            .toList();
    return who.isEmpty()
        ? ""
        : who + " must not include " + quoted(all) + " in securityContext.capabilities.add";
  }

  static String baselineCapabilities(PodSecurityFacts pod) {
    return fault("non-default capabilities", adding(pod, CAPABILITIES), "");
  }

  static String restrictedCapabilities(PodSecurityFacts pod) {
    String keeping = pod.named(c -> !dropsAll(c));
    List<String> details = new ArrayList<>();
    if (!keeping.isEmpty()) {
      details.add(keeping + " must set securityContext.capabilities.drop=[\"ALL\"]");
    }
    String adding = adding(pod, Set.of("NET_BIND_SERVICE"));
    if (!adding.isEmpty()) {
      details.add(adding);
    }
    return fault("unrestricted capabilities", String.join("; ", details), "");
  }

  private static boolean dropsAll(Container container) {
    Capabilities capabilities = PodSecurityFacts.of(container).capabilities();
    return capabilities != null && capabilities.drop().contains("ALL");
  }

  static String hostNamespaces(PodSecurityFacts pod) {
    List<String> found = new ArrayList<>();
    if (Boolean.TRUE.equals(pod.spec().hostNetwork())) {
      found.add("hostNetwork=true");
    }
    if (Boolean.TRUE.equals(pod.spec().hostPID())) {
      found.add("hostPID=true");
    }
    if (Boolean.TRUE.equals(pod.spec().hostIPC())) {
      found.add("hostIPC=true");
    }
    return fault("host namespaces", String.join(", ", found), "");
  }

  static String hostPaths(PodSecurityFacts pod) {
    return fault(
        "hostPath volumes",
        named(
            "volume",
            pod.spec().volumes().stream()
                .filter(v -> v.hostPath() != null)
                .map(Volume::name)
                .toList()),
        "");
  }

  static String hostPorts(PodSecurityFacts pod) {
    Predicate<Container> uses = c -> hostPortsOf(c).findAny().isPresent();
    List<String> ports =
        pod.containers().stream()
            .flatMap(PodSecurityChecks::hostPortsOf)
            .distinct()
            .sorted()
            .toList();
    long users = pod.containers().stream().filter(uses).count();
    return fault(
        "hostPort",
        pod.named(uses),
        (users == 1 ? " uses " : " use ")
            + plural("hostPort", ports.size())
            + " "
            + String.join(", ", ports));
  }

  private static Stream<String> hostPortsOf(Container container) {
    return container.ports().stream()
        .map(port -> port.hostPort())
        .filter(port -> port != null && port != 0)
        .map(String::valueOf);
  }

  static String hostProbes(PodSecurityFacts pod) {
    List<String> names =
        pod.containers().stream()
            .filter(c -> hosts(c).findAny().isPresent())
            .map(Container::name)
            .sorted()
            .toList();
    List<String> hosts =
        pod.containers().stream().flatMap(PodSecurityChecks::hosts).distinct().sorted().toList();
    return fault(
        "probe or lifecycle host",
        named("container", names),
        (names.size() == 1 ? " uses " : " use ")
            + plural("probe or lifecycle host", hosts.size())
            + " "
            + quoted(hosts));
  }

  private static Stream<String> hosts(Container container) {
    List<String> hosts = new ArrayList<>();
    for (Probe probe :
        new Probe[] {
          container.livenessProbe(), container.readinessProbe(), container.startupProbe()
        }) {
      if (probe != null) {
        add(hosts, probe.httpGet() == null ? null : probe.httpGet().host());
        add(hosts, probe.tcpSocket() == null ? null : probe.tcpSocket().host());
      }
    }
    if (container.lifecycle() != null) {
      for (LifecycleHandler handler :
          new LifecycleHandler[] {
            container.lifecycle().postStart(), container.lifecycle().preStop()
          }) {
        if (handler != null) {
          add(hosts, handler.httpGet() == null ? null : handler.httpGet().host());
          add(hosts, handler.tcpSocket() == null ? null : handler.tcpSocket().host());
        }
      }
    }
    return hosts.stream();
  }

  private static void add(List<String> hosts, @Nullable String host) {
    if (host != null && !host.isEmpty()) {
      hosts.add(host);
    }
  }

  static String privileged(PodSecurityFacts pod) {
    return fault(
        "privileged",
        pod.named(c -> Boolean.TRUE.equals(PodSecurityFacts.of(c).privileged())),
        " must not set securityContext.privileged=true");
  }

  static String procMount(PodSecurityFacts pod) {
    Predicate<Container> other =
        c ->
            !"Default"
                .equals(Objects.requireNonNullElse(PodSecurityFacts.of(c).procMount(), "Default"));
    List<String> types =
        pod.containers().stream()
            .filter(other)
            .map(c -> String.valueOf(PodSecurityFacts.of(c).procMount()))
            .distinct()
            .sorted()
            .toList();
    return fault(
        "procMount",
        pod.named(other),
        " must not set securityContext.procMount to " + quoted(types));
  }

  static String seLinux(PodSecurityFacts pod, boolean engine) {
    SortedSet<String> types = new TreeSet<>();
    boolean[] user = {false};
    boolean[] role = {false};
    Predicate<@Nullable SELinuxOptions> bad =
        options -> {
          if (options == null) {
            return false;
          }
          String type = Objects.requireNonNullElse(options.type(), "");
          boolean wrong = !SELINUX.contains(type) && !(engine && type.equals(SELINUX_ENGINE));
          boolean sets = options.user() != null && !options.user().isEmpty();
          boolean plays = options.role() != null && !options.role().isEmpty();
          if (wrong) {
            types.add(type);
          }
          user[0] |= sets;
          role[0] |= plays;
          return wrong || sets || plays;
        };
    String who =
        pod.setters(
            bad.test(pod.context().seLinuxOptions()),
            c -> bad.test(PodSecurityFacts.of(c).seLinuxOptions()));
    List<String> data = new ArrayList<>();
    if (!types.isEmpty()) {
      data.add(plural("type", types.size()) + " " + quoted(List.copyOf(types)));
    }
    if (user[0]) {
      data.add("user may not be set");
    }
    if (role[0]) {
      data.add("role may not be set");
    }
    return fault(
        "seLinuxOptions",
        who,
        " set forbidden securityContext.seLinuxOptions: " + String.join("; ", data));
  }

  static String seccompAnnotations(PodSecurityFacts pod) {
    SortedSet<String> forbidden = new TreeSet<>();
    Stream.concat(
            Stream.of(SECCOMP_POD),
            pod.containers().stream().map(c -> SECCOMP_CONTAINER + c.name()))
        .forEach(key -> {
          String value = pod.annotations().get(key);
          if (value != null
              && !value.equals("runtime/default")
              && !value.equals("docker/default")
              && !value.startsWith("localhost/")) {
            forbidden.add(key + "=\"" + value + "\"");
          }
        });
    return forbidden.isEmpty()
        ? ""
        : "seccompProfile (forbidden "
            + plural("annotation", forbidden.size())
            + " "
            + String.join(", ", forbidden)
            + ")";
  }

  private static boolean bad(@Nullable SeccompProfile profile) {
    return profile != null && !PROFILES.contains(String.valueOf(profile.type()));
  }

  static String baselineSeccomp(PodSecurityFacts pod) {
    List<String> values =
        Stream.concat(
                Stream.ofNullable(pod.context().seccompProfile()),
                pod.containers().stream()
                    .map(c -> PodSecurityFacts.of(c).seccompProfile())
                    .filter(Objects::nonNull))
            .filter(PodSecurityChecks::bad)
            .map(profile -> String.valueOf(profile.type()))
            .distinct()
            .sorted()
            .toList();
    return fault(
        "seccompProfile",
        pod.setters(
            bad(pod.context().seccompProfile()), c -> bad(PodSecurityFacts.of(c).seccompProfile())),
        " must not set securityContext.seccompProfile.type to " + quoted(values));
  }

  static String restrictedSeccomp(PodSecurityFacts pod) {
    String explicit = baselineSeccomp(pod);
    if (!explicit.isEmpty() || pod.context().seccompProfile() != null) {
      return explicit;
    }
    String unset = pod.named(c -> PodSecurityFacts.of(c).seccompProfile() == null);
    return unset.isEmpty()
        ? ""
        : "seccompProfile (pod or "
            + unset
            + " must set securityContext.seccompProfile.type to \"RuntimeDefault\" or"
            + " \"Localhost\")";
  }

  static String sysctls(PodSecurityFacts pod, int version) {
    List<String> bad =
        pod.context().sysctls().stream()
            .map(Sysctl::name)
            .map(String::valueOf)
            .filter(name ->
                SYSCTLS.stream().noneMatch(s -> s.name().equals(name) && s.from() <= version))
            .toList();
    return fault("forbidden sysctls", String.join(", ", bad), "");
  }

  static String windowsHostProcess(PodSecurityFacts pod) {
    return fault(
        "hostProcess",
        pod.setters(
            hostProcess(pod.context().windowsOptions()),
            c -> hostProcess(PodSecurityFacts.of(c).windowsOptions())),
        " must not set securityContext.windowsOptions.hostProcess=true");
  }

  private static boolean hostProcess(@Nullable WindowsSecurityContextOptions options) {
    return options != null && Boolean.TRUE.equals(options.hostProcess());
  }

  static String escalation(PodSecurityFacts pod) {
    return fault(
        "allowPrivilegeEscalation != false",
        pod.named(c -> !Boolean.FALSE.equals(PodSecurityFacts.of(c).allowPrivilegeEscalation())),
        " must set securityContext.allowPrivilegeEscalation=false");
  }

  static String volumes(PodSecurityFacts pod) {
    List<Volume> bad =
        pod.spec().volumes().stream().filter(v -> !VOLUMES.contains(source(v))).toList();
    List<String> types = bad.stream().map(PodSecurityChecks::source).distinct().sorted().toList();
    return fault(
        "restricted volume types",
        named("volume", bad.stream().map(Volume::name).toList()),
        (bad.size() == 1 ? " uses " : " use ")
            + plural("restricted volume type", types.size())
            + " "
            + quoted(types));
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

  static String nonRoot(PodSecurityFacts pod) {
    Boolean ofPod = pod.context().runAsNonRoot();
    String explicit =
        pod.setters(
            Boolean.FALSE.equals(ofPod),
            c -> Boolean.FALSE.equals(PodSecurityFacts.of(c).runAsNonRoot()));
    if (!explicit.isEmpty()) {
      return fault(
          "runAsNonRoot != true", explicit, " must not set securityContext.runAsNonRoot=false");
    }
    String unset = pod.named(c -> PodSecurityFacts.of(c).runAsNonRoot() == null && ofPod == null);
    return unset.isEmpty()
        ? ""
        : "runAsNonRoot != true (pod or " + unset + " must set securityContext.runAsNonRoot=true)";
  }

  static String userZero(PodSecurityFacts pod) {
    return fault(
        "runAsUser=0",
        pod.setters(
            Long.valueOf(0).equals(pod.context().runAsUser()),
            c -> Long.valueOf(0).equals(PodSecurityFacts.of(c).runAsUser())),
        " must not set runAsUser=0");
  }
}
