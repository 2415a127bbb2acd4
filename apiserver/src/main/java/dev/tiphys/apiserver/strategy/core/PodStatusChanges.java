package dev.tiphys.apiserver.strategy.core;

import dev.tiphys.api.core.v1.ContainerStatus;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodResourceClaimStatus;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.PodStatus;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.names.LabelNames;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.IpText;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a kubelet, or whoever writes a pod's status, may tell of it. Pure. */
final class PodStatusChanges {

  private static final Path STATUS = Path.of("status");

  private PodStatusChanges() {}

  static void validate(Pod pod, Pod old, FieldErrors errors) {
    PodStatus status = Objects.requireNonNullElse(pod.status(), PodStatus.EMPTY);
    PodStatus before = Objects.requireNonNullElse(old.status(), PodStatus.EMPTY);
    PodSpec spec = Objects.requireNonNullElse(old.spec(), PodSpec.EMPTY);
    validateConditions(status, errors);
    String nominated = Objects.requireNonNullElse(status.nominatedNodeName(), "");
    if (!nominated.isEmpty() && !nominated.equals(before.nominatedNodeName())) {
      errors.invalid(STATUS.child("nominatedNodeName"), nominated, DnsNames.subdomain(nominated));
    }
    validateRestarts(status, before, spec, errors);
    validateClaims(status, spec, errors);
    List<String> podIps = status.podIPs().stream().map(ip -> text(ip.ip())).toList();
    validateAddresses(podIps, STATUS.child("podIPs"), errors);
    List<String> hostIps = status.hostIPs().stream().map(ip -> text(ip.ip())).toList();
    if (!hostIps.isEmpty() && !hostIps.getFirst().equals(status.hostIP())) {
      errors.invalid(
          STATUS.child("hostIPs").index(0).child("ip"),
          hostIps.getFirst(),
          "must be equal to `hostIP`");
    }
    validateAddresses(hostIps, STATUS.child("hostIPs"), errors);
  }

  private static void validateConditions(PodStatus status, FieldErrors errors) {
    for (int i = 0; i < status.conditions().size(); i++) {
      String type = Objects.requireNonNullElse(status.conditions().get(i).type(), "");
      errors.invalid(STATUS.child("conditions").index(i).child("type"), type, LabelNames.key(type));
    }
  }

  private static void validateRestarts(
      PodStatus status, PodStatus before, PodSpec spec, FieldErrors errors) {
    Set<String> restarting =
        spec.initContainers().stream()
            .filter(container -> "Always".equals(container.restartPolicy()))
            .map(container -> String.valueOf(container.name()))
            .collect(Collectors.toSet());
    // Containers that bring rules of their own may start again whatever the pod says.
    spec.containers().stream()
        .filter(container -> container.restartPolicy() != null)
        .forEach(container -> restarting.add(String.valueOf(container.name())));
    String policy = String.valueOf(spec.restartPolicy());
    checkEnded(
        status.containerStatuses(),
        before.containerStatuses(),
        policy,
        restarting,
        STATUS.child("containerStatuses"),
        errors);
    checkEnded(
        status.initContainerStatuses(),
        before.initContainerStatuses(),
        policy,
        restarting,
        STATUS.child("initContainerStatuses"),
        errors);
    checkEnded(
        status.ephemeralContainerStatuses(),
        before.ephemeralContainerStatuses(),
        "Never",
        Set.of(),
        STATUS.child("ephemeralContainerStatuses"),
        errors);
  }

  /** What has ended for good does not run again. */
  private static void checkEnded(
      List<ContainerStatus> statuses,
      List<ContainerStatus> before,
      String policy,
      Set<String> restarting,
      Path path,
      FieldErrors errors) {
    if (policy.equals("Always")) {
      return;
    }
    for (int i = 0; i < before.size(); i++) {
      ContainerStatus had = before.get(i);
      var ended = had.state() == null ? null : had.state().terminated();
      boolean failed = ended != null && !Integer.valueOf(0).equals(ended.exitCode());
      boolean mayRestart =
          failed && policy.equals("OnFailure") || restarting.contains(String.valueOf(had.name()));
      if (ended == null || mayRestart) {
        continue;
      }
      boolean runs =
          statuses.stream()
              .filter(now -> Objects.equals(now.name(), had.name()))
              .anyMatch(now -> now.state() == null || now.state().terminated() == null);
      if (runs) {
        errors.forbidden(
            path.index(i).child("state"), "may not be transitioned to non-terminated state");
      }
    }
  }

  private static void validateClaims(PodStatus status, PodSpec spec, FieldErrors errors) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < status.resourceClaimStatuses().size(); i++) {
      PodResourceClaimStatus claim = status.resourceClaimStatuses().get(i);
      Path at = STATUS.child("resourceClaimStatuses").index(i).child("name");
      boolean asked =
          spec.resourceClaims().stream().anyMatch(c -> Objects.equals(c.name(), claim.name()));
      if (!asked) {
        errors.invalid(
            at, claim.name(), "must match the name of an entry in `spec.resourceClaims`");
      }
      if (!seen.add(text(claim.name()))) {
        errors.duplicate(at, claim.name());
      }
      if (claim.resourceClaimName() != null) {
        errors.invalid(
            at, claim.resourceClaimName(), DnsNames.subdomain(claim.resourceClaimName()));
      }
    }
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }

  /** At most one of each family. */
  private static void validateAddresses(List<String> addresses, Path path, FieldErrors errors) {
    for (int i = 0; i < addresses.size(); i++) {
      IpText.check(addresses.get(i), path.index(i), errors);
    }
    if (addresses.size() < 2) {
      return;
    }
    long newer = addresses.stream().filter(IpText::isV6).count();
    if (addresses.size() > 2 || newer != 1) {
      errors.invalid(path, addresses, "may specify no more than one IP for each IP family");
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < addresses.size(); i++) {
      if (!seen.add(addresses.get(i))) {
        errors.duplicate(path.index(i), addresses.get(i));
      }
    }
  }
}
