package dev.tiphys.kubelet.runtime;

import dev.tiphys.cri.CriClient;
import dev.tiphys.cri.CriException;
import dev.tiphys.cri.v1.Container;
import dev.tiphys.cri.v1.ContainerFilter;
import dev.tiphys.cri.v1.ContainerStatus;
import dev.tiphys.cri.v1.NamespaceMode;
import dev.tiphys.cri.v1.PodSandbox;
import dev.tiphys.cri.v1.PodSandboxFilter;
import dev.tiphys.cri.v1.PodSandboxState;
import dev.tiphys.cri.v1.PodSandboxStatus;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Reads pods back out of the runtime, by the labels that the kubelet put on. Stateless. */
final class PodReader {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final CriClient client;
  private final TerminationMessage messages;

  PodReader(CriClient client, TerminationMessage messages) {
    this.client = client;
    this.messages = messages;
  }

  List<PodSummary> all() {
    Map<PodIdentity, List<PodSummary.Sandbox>> sandboxes = new HashMap<>();
    Map<PodIdentity, List<PodSummary.Container>> containers = new HashMap<>();
    // Containers last: a sandbox that is gone by then is of no interest, the other way round is.
    for (PodSandbox sandbox : client.listPodSandboxes(PodSandboxFilter.getDefaultInstance())) {
      identity(sandbox.getLabelsMap())
          .ifPresent(pod ->
              sandboxes.computeIfAbsent(pod, none -> new ArrayList<>()).add(summary(sandbox)));
    }
    for (Container container : client.listContainers(ContainerFilter.getDefaultInstance())) {
      identity(container.getLabelsMap())
          .ifPresent(pod -> {
            sandboxes.computeIfAbsent(pod, none -> new ArrayList<>());
            containers.computeIfAbsent(pod, none -> new ArrayList<>()).add(summary(container));
          });
    }
    List<PodSummary> pods = new ArrayList<>();
    sandboxes.forEach((pod, ofPod) -> {
      List<PodSummary.Container> own = containers.getOrDefault(pod, new ArrayList<>());
      ofPod.sort(Comparator.comparing(PodSummary.Sandbox::createdAt).reversed());
      own.sort(Comparator.comparing(PodSummary.Container::createdAt).reversed());
      pods.add(new PodSummary(pod, ofPod, own));
    });
    return pods;
  }

  PodState one(PodIdentity pod) {
    Map<String, String> selector = Map.of(RuntimeLabels.POD_UID, pod.uid());
    List<PodSandbox> sandboxes =
        new ArrayList<>(
            client.listPodSandboxes(
                PodSandboxFilter.newBuilder().putAllLabelSelector(selector).build()));
    sandboxes.sort(Comparator.comparingLong(PodSandbox::getCreatedAt).reversed());
    List<PodState.Sandbox> states = new ArrayList<>();
    for (PodSandbox sandbox : sandboxes) {
      unlessGone(() -> client.podSandboxStatus(sandbox.getId()))
          .ifPresent(status -> states.add(state(status)));
    }
    List<Container> containers =
        new ArrayList<>(
            client.listContainers(
                ContainerFilter.newBuilder().putAllLabelSelector(selector).build()));
    containers.sort(Comparator.comparingLong(Container::getCreatedAt).reversed());
    List<ContainerState> containerStates = new ArrayList<>();
    for (Container container : containers) {
      unlessGone(() -> client.containerStatus(container.getId()))
          .ifPresent(status -> containerStates.add(state(status, container.getPodSandboxId())));
    }
    return new PodState(pod, states, containerStates);
  }

  Optional<ContainerState> container(String containerId) {
    List<Container> listed =
        client.listContainers(ContainerFilter.newBuilder().setId(containerId).build());
    return listed.stream()
        .findFirst()
        .flatMap(container ->
            unlessGone(() -> client.containerStatus(containerId))
                .map(status -> state(status, container.getPodSandboxId())));
  }

  /** Whose sandbox or container this is; empty if no kubelet made it. */
  static Optional<PodIdentity> identity(Map<String, String> labels) {
    String namespace = labels.get(RuntimeLabels.POD_NAMESPACE);
    String name = labels.get(RuntimeLabels.POD_NAME);
    String uid = labels.get(RuntimeLabels.POD_UID);
    return namespace == null || name == null || uid == null
        ? Optional.empty()
        : Optional.of(new PodIdentity(namespace, name, uid));
  }

  private static <T> Optional<T> unlessGone(Supplier<T> call) {
    try {
      return Optional.of(call.get());
    } catch (CriException e) {
      if (e.isNotFound()) {
        return Optional.empty(); // Removed since it was listed.
      }
      throw e;
    }
  }

  private static PodSummary.Sandbox summary(PodSandbox sandbox) {
    return new PodSummary.Sandbox(
        sandbox.getId(),
        sandbox.getMetadata().getAttempt(),
        sandbox.getState() == PodSandboxState.SANDBOX_READY,
        instant(sandbox.getCreatedAt()));
  }

  private static PodSummary.Container summary(Container container) {
    return new PodSummary.Container(
        container.getId(),
        name(container.getLabelsMap(), container.getMetadata().getName()),
        container.getPodSandboxId(),
        restartCount(container.getAnnotationsMap(), container.getMetadata().getAttempt()),
        switch (container.getState()) {
          case CONTAINER_CREATED -> ContainerPhase.CREATED;
          case CONTAINER_RUNNING -> ContainerPhase.RUNNING;
          case CONTAINER_EXITED -> ContainerPhase.EXITED;
          case CONTAINER_UNKNOWN, UNRECOGNIZED -> ContainerPhase.UNKNOWN;
        },
        instant(container.getCreatedAt()));
  }

  private static PodState.Sandbox state(PodSandboxStatus status) {
    boolean ready = status.getState() == PodSandboxState.SANDBOX_READY;
    boolean hostNetwork =
        status.getLinux().getNamespaces().getOptions().getNetwork() == NamespaceMode.NODE;
    List<String> ips = new ArrayList<>();
    if (ready && !hostNetwork && !status.getNetwork().getIp().isEmpty()) {
      ips.add(status.getNetwork().getIp());
      status.getNetwork().getAdditionalIpsList().forEach(ip -> ips.add(ip.getIp()));
    }
    return new PodState.Sandbox(
        status.getId(),
        status.getMetadata().getAttempt(),
        ready,
        instant(status.getCreatedAt()),
        hostNetwork,
        ips);
  }

  private ContainerState state(ContainerStatus status, String sandboxId) {
    return new ContainerState(
        status.getId(),
        name(status.getLabelsMap(), status.getMetadata().getName()),
        sandboxId,
        restartCount(status.getAnnotationsMap(), status.getMetadata().getAttempt()),
        status.getImage().getImage(),
        status.getImageRef(),
        status.getAnnotationsOrDefault(RuntimeLabels.HASH, ""),
        Path.of(status.getLogPath()),
        instant(status.getCreatedAt()),
        life(status));
  }

  private ContainerState.Life life(ContainerStatus status) {
    return switch (status.getState()) {
      case CONTAINER_CREATED -> new ContainerState.Created();
      case CONTAINER_RUNNING -> new ContainerState.Running(instant(status.getStartedAt()));
      case CONTAINER_EXITED ->
          new ContainerState.Exited(
              status.getExitCode(),
              reason(status),
              messages.of(status),
              instant(startOfEnded(status)),
              instant(status.getFinishedAt()));
      case CONTAINER_UNKNOWN, UNRECOGNIZED -> new ContainerState.Unknown();
    };
  }

  /**
   * One that could not be started has no beginning, and of one that ended at once the runtime may
   * note the start after the end: both ran for no time.
   */
  private static long startOfEnded(ContainerStatus status) {
    return status.getStartedAt() == 0
        ? status.getFinishedAt()
        : Math.min(status.getStartedAt(), status.getFinishedAt());
  }

  private static String reason(ContainerStatus status) {
    if (!status.getReason().isEmpty()) {
      return status.getReason();
    }
    return status.getExitCode() == 0 ? "Completed" : "Error";
  }

  private static String name(Map<String, String> labels, String otherwise) {
    return labels.getOrDefault(RuntimeLabels.CONTAINER_NAME, otherwise);
  }

  private static int restartCount(Map<String, String> annotations, int attempt) {
    String count = annotations.get(RuntimeLabels.RESTART_COUNT);
    try {
      return count == null ? attempt : Integer.parseInt(count);
    } catch (NumberFormatException e) {
      return attempt; // Somebody else wrote it; the attempt is the same number.
    }
  }

  private static Instant instant(long nanos) {
    return Instant.ofEpochSecond(nanos / NANOS_PER_SECOND, nanos % NANOS_PER_SECOND);
  }
}
