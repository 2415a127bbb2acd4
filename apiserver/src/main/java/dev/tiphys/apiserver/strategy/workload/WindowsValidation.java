package dev.tiphys.apiserver.strategy.workload;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.WindowsSecurityContextOptions;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.schema.Field;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is wrong with what only pods on Windows have, and with what they cannot have. Pure. */
final class WindowsValidation {

  private static final int LARGEST_SPEC = 64 * 1024;
  private static final int LONGEST_DOMAIN = 256;
  private static final int LONGEST_USER = 104;
  private static final Pattern NETBIOS = Pattern.compile("[^\\\\/:*?\"<>|.][^\\\\/:*?\"<>|]{0,14}");
  private static final String DNS_LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";
  private static final Pattern DNS = Pattern.compile(DNS_LABEL + "(?:\\." + DNS_LABEL + ")*");
  private static final Pattern FORBIDDEN_IN_USERS = Pattern.compile("[\"/\\\\:;|=,+*?<>@\\[\\]]");

  /** Settings of a pod, or of a container, that Windows does not know. */
  private static final Set<String> OF_LINUX_PODS =
      Set.of(
          "appArmorProfile",
          "fsGroup",
          "fsGroupChangePolicy",
          "runAsGroup",
          "runAsUser",
          "seLinuxChangePolicy",
          "seLinuxOptions",
          "seccompProfile",
          "supplementalGroups",
          "supplementalGroupsPolicy",
          "sysctls");

  private static final Set<String> OF_LINUX_CONTAINERS =
      Set.of(
          "allowPrivilegeEscalation",
          "appArmorProfile",
          "capabilities",
          "privileged",
          "procMount",
          "readOnlyRootFilesystem",
          "runAsGroup",
          "runAsUser",
          "seLinuxOptions",
          "seccompProfile");

  private WindowsValidation() {}

  /** What a pod that says on which operating system it runs cannot have there. */
  static void validateSystem(PodSpec spec, Path path, FieldErrors errors) {
    String name = spec.os() == null ? null : spec.os().name();
    if (spec.os() == null) {
      return;
    }
    if (name == null || name.isEmpty()) {
      errors.required(path.child("os", "name"), "cannot be empty");
    } else if (name.equals("linux")) {
      forbidOptions(spec, path, errors);
    } else if (name.equals("windows")) {
      forbidLinux(spec, path, errors);
    } else {
      errors.notSupported(path.child("os"), name, List.of("linux", "windows"));
    }
  }

  private static void forbidOptions(PodSpec spec, Path path, FieldErrors errors) {
    String fault = "windows options cannot be set for a linux pod";
    if (spec.securityContext() != null && spec.securityContext().windowsOptions() != null) {
      errors.forbidden(path.child("securityContext", "windowsOptions"), fault);
    }
    forEach(
        spec,
        path,
        (container, at) -> {
          var context = container.securityContext();
          if (context != null && context.windowsOptions() != null) {
            errors.forbidden(at.child("securityContext", "windowsOptions"), fault);
          }
        });
  }

  private static void forbidLinux(PodSpec spec, Path path, FieldErrors errors) {
    forbid(spec.securityContext(), OF_LINUX_PODS, path.child("securityContext"), errors);
    forbid(Boolean.TRUE.equals(spec.hostPID()), path.child("hostPID"), errors);
    forbid(Boolean.TRUE.equals(spec.hostIPC()), path.child("hostIPC"), errors);
    forbid(spec.hostUsers() != null, path.child("hostUsers"), errors);
    forbid(spec.shareProcessNamespace() != null, path.child("shareProcessNamespace"), errors);
    forEach(
        spec,
        path,
        (container, at) ->
            forbid(
                container.securityContext(),
                OF_LINUX_CONTAINERS,
                at.child("securityContext"),
                errors));
  }

  private static void forbid(
      @Nullable Struct context, Set<String> names, Path path, FieldErrors errors) {
    if (context == null) {
      return;
    }
    for (Field field : context.structType().fields()) {
      Object value = context.get(field.index());
      boolean set = value != null && !(value instanceof List<?> list && list.isEmpty());
      forbid(set && names.contains(field.name()), path.child(field.name()), errors);
    }
  }

  private static void forbid(boolean set, Path path, FieldErrors errors) {
    if (set) {
      errors.forbidden(path, "cannot be set for a windows pod");
    }
  }

  /** Containers that run on the node itself: all of a pod, or none. */
  static void validateHostProcesses(PodSpec spec, Path path, FieldErrors errors) {
    var ofPod = spec.securityContext() == null ? null : spec.securityContext().windowsOptions();
    Boolean wanted = ofPod == null ? null : ofPod.hostProcess();
    int[] counts = new int[2];
    forEach(
        spec,
        path,
        (container, at) -> {
          var context = container.securityContext();
          var options = context == null ? null : context.windowsOptions();
          Boolean own = options == null ? null : options.hostProcess();
          if (wanted != null && own != null && !wanted.equals(own)) {
            errors.invalid(
                at.child("securityContext", "windowsOptions", "hostProcess"),
                own,
                "pod hostProcess value must be identical if both are specified, was " + wanted);
          }
          counts[Boolean.TRUE.equals(own == null ? wanted : own) ? 1 : 0]++;
        });
    if (counts[1] == 0) {
      return;
    }
    if (counts[0] > 0) {
      errors.invalid(
          path,
          "",
          "If pod contains any hostProcess containers then all containers must be HostProcess"
              + " containers");
    }
    if (!Boolean.TRUE.equals(spec.hostNetwork())) {
      errors.invalid(
          path.child("hostNetwork"),
          false,
          "hostNetwork must be true if pod contains any hostProcess containers");
    }
  }

  private interface Visit {
    void container(Container container, Path at);
  }

  private static void forEach(PodSpec spec, Path path, Visit visit) {
    for (int i = 0; i < spec.initContainers().size(); i++) {
      visit.container(spec.initContainers().get(i), path.child("initContainers").index(i));
    }
    for (int i = 0; i < spec.containers().size(); i++) {
      visit.container(spec.containers().get(i), path.child("containers").index(i));
    }
    for (int i = 0; i < spec.ephemeralContainers().size(); i++) {
      visit.container(
          EphemeralContainers.asContainer(spec.ephemeralContainers().get(i)),
          path.child("ephemeralContainers").index(i));
    }
  }

  static void validateOptions(
      @Nullable WindowsSecurityContextOptions options, Path path, FieldErrors errors) {
    if (options == null) {
      return;
    }
    String name = options.gmsaCredentialSpecName();
    if (name != null) {
      errors.invalid(path.child("gmsaCredentialSpecName"), name, DnsNames.subdomain(name));
    }
    String spec = options.gmsaCredentialSpec();
    if (spec != null && spec.isEmpty()) {
      errors.invalid(
          path.child("gmsaCredentialSpec"), spec, "gmsaCredentialSpec cannot be an empty string");
    } else if (spec != null && spec.length() > LARGEST_SPEC) {
      errors.invalid(
          path.child("gmsaCredentialSpec"), spec, "gmsaCredentialSpec size must be under 64 KiB");
    }
    if (options.runAsUserName() != null) {
      userFaults(options.runAsUserName())
          .forEach(
              fault -> errors.invalid(path.child("runAsUserName"), options.runAsUserName(), fault));
    }
  }

  /** What is wrong with {@code USER} or {@code DOMAIN\USER}. */
  private static Stream<String> userFaults(String name) {
    String[] parts = name.split("\\\\", -1);
    if (name.isEmpty()) {
      return Stream.of("runAsUserName cannot be an empty string");
    } else if (name.chars().anyMatch(Character::isISOControl)) {
      return Stream.of("runAsUserName cannot contain control characters");
    } else if (parts.length > 2) {
      return Stream.of("runAsUserName cannot contain more than one backslash");
    }
    String user = parts[parts.length - 1];
    String domain = parts.length == 2 ? parts[0] : null;
    Stream.Builder<String> faults = Stream.builder();
    if (domain != null && domain.length() >= LONGEST_DOMAIN) {
      faults.add("runAsUserName's Domain length must be under 256 characters");
    }
    if (domain != null && !NETBIOS.matcher(domain).matches() && !DNS.matcher(domain).matches()) {
      faults.add("runAsUserName's Domain doesn't match the NetBios nor the DNS format");
    }
    if (user.isEmpty()) {
      faults.add("runAsUserName's User cannot be empty");
    } else if (user.length() > LONGEST_USER) {
      faults.add("runAsUserName's User length must not be longer than 104 characters");
    }
    if (user.matches("[. ]+")) {
      faults.add("runAsUserName's User cannot contain only periods or spaces");
    }
    if (FORBIDDEN_IN_USERS.matcher(user).find()) {
      faults.add(
          "runAsUserName's User cannot contain the following characters: \"/\\:;|=,+*?<>@[]");
    }
    return faults.build();
  }
}
