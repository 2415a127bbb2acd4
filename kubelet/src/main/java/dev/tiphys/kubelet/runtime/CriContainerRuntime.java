package dev.tiphys.kubelet.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import dev.tiphys.cri.CriClient;
import dev.tiphys.cri.CriException;
import dev.tiphys.cri.v1.AttachRequest;
import dev.tiphys.cri.v1.ContainerStats;
import dev.tiphys.cri.v1.ContainerStatsFilter;
import dev.tiphys.cri.v1.ContainerStatus;
import dev.tiphys.cri.v1.ExecRequest;
import dev.tiphys.cri.v1.ExecSyncResponse;
import dev.tiphys.cri.v1.ImageSpec;
import dev.tiphys.cri.v1.PodSandboxFilter;
import dev.tiphys.cri.v1.PodSandboxStatus;
import dev.tiphys.cri.v1.PortForwardRequest;
import dev.tiphys.cri.v1.RuntimeCondition;
import dev.tiphys.cri.v1.VersionResponse;
import dev.tiphys.kubelet.logs.LogReader;
import dev.tiphys.kubelet.streaming.CommandStreams;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A container runtime reached through the Container Runtime Interface. Keeps nothing but the pauses
 * between failing pulls, so it can be made anew at any time. Thread-safe.
 */
public final class CriContainerRuntime implements ContainerRuntime {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final CriClient client;
  private final RuntimeSettings settings;
  private final PodReader pods;
  private final PodFiles files;
  private final ContainerStarter starter;
  private final ImagePuller images;

  /**
   * A runtime behind {@code client}, which stays the caller's to close.
   *
   * @param unifiedCgroups whether the node has cgroup v2
   * @param clock for the pauses between failing pulls
   */
  public CriContainerRuntime(
      CriClient client,
      RuntimeSettings settings,
      boolean unifiedCgroups,
      LogReader logs,
      InstantSource clock) {
    this.client = client;
    this.settings = settings;
    this.pods = new PodReader(client, new TerminationMessage(logs));
    this.files = new PodFiles(settings);
    this.starter = new ContainerStarter(client, settings, files, unifiedCgroups);
    this.images = new ImagePuller(client, settings, clock);
  }

  // The runtime itself

  @Override
  public RuntimeVersion version() {
    VersionResponse version = client.version();
    return new RuntimeVersion(
        version.getRuntimeName(), version.getRuntimeVersion(), version.getRuntimeApiVersion());
  }

  @Override
  public RuntimeHealth health() {
    List<RuntimeCondition> conditions;
    try {
      conditions = client.status(false).getStatus().getConditionsList();
    } catch (CriException e) {
      return new RuntimeHealth(
          false, false, List.of("container runtime is down: " + e.getMessage()));
    }
    List<String> problems = new ArrayList<>();
    boolean ready = isTrue(conditions, "RuntimeReady", "container runtime not ready", problems);
    boolean network =
        isTrue(conditions, "NetworkReady", "container runtime network not ready", problems);
    return new RuntimeHealth(ready, network, problems);
  }

  private static boolean isTrue(
      List<RuntimeCondition> conditions, String type, String complaint, List<String> problems) {
    for (RuntimeCondition condition : conditions) {
      if (condition.getType().equals(type)) {
        if (!condition.getStatus()) {
          problems.add(
              complaint
                  + (": " + type + "=false reason:" + condition.getReason())
                  + (" message:" + condition.getMessage()));
        }
        return condition.getStatus();
      }
    }
    problems.add(complaint + ": the runtime does not tell " + type);
    return false;
  }

  // What there is

  @Override
  public List<PodSummary> pods() {
    return pods.all();
  }

  @Override
  public PodState pod(PodIdentity pod) {
    return pods.one(pod);
  }

  @Override
  public Optional<ContainerState> container(String containerId) {
    return pods.container(containerId);
  }

  @Override
  public boolean watch(Consumer<String> changed) {
    try {
      client.watchContainerEvents(
          event -> changed.accept(event.getPodSandboxStatus().getMetadata().getUid()));
    } catch (CriException e) {
      switch (e.kind()) {
        case UNIMPLEMENTED -> {
          return false;
        }
        case CANCELLED, UNAVAILABLE -> {
          return true;
        }
        default -> throw e;
      }
    }
    return true;
  }

  // Sandboxes

  @Override
  public String startSandbox(SandboxRequest request) {
    try {
      files.createLogDirectory(PodIdentity.of(request.pod()));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make the pod's log directory: " + e.getMessage(), e);
    }
    return client.runPodSandbox(SandboxConfigs.of(request, settings), request.runtimeHandler());
  }

  @Override
  public void stopSandbox(String sandboxId) {
    unlessGone(() -> client.stopPodSandbox(sandboxId));
  }

  @Override
  public void removeSandbox(String sandboxId) {
    Optional<PodIdentity> owner = ownerOf(sandboxId);
    unlessGone(() -> client.removePodSandbox(sandboxId));
    owner.filter(pod -> sandboxesOf(pod) == 0).ifPresent(files::removeLogs);
  }

  private Optional<PodIdentity> ownerOf(String sandboxId) {
    try {
      PodSandboxStatus status = client.podSandboxStatus(sandboxId);
      return PodReader.identity(status.getLabelsMap());
    } catch (CriException e) {
      if (e.isNotFound()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private int sandboxesOf(PodIdentity pod) {
    return client
        .listPodSandboxes(
            PodSandboxFilter.newBuilder()
                .putLabelSelector(RuntimeLabels.POD_UID, pod.uid())
                .build())
        .size();
  }

  // Containers

  @Override
  public String startContainer(ContainerRequest request, RuntimeEvents events)
      throws ContainerStartException {
    return starter.start(request, events);
  }

  @Override
  public void stopContainer(String containerId, Duration grace) {
    unlessGone(() -> client.stopContainer(containerId, grace));
  }

  @Override
  public void removeContainer(String containerId) {
    String log;
    try {
      ContainerStatus status = client.containerStatus(containerId);
      log = status.getLogPath();
    } catch (CriException e) {
      if (e.isNotFound()) {
        return;
      }
      throw e;
    }
    unlessGone(() -> client.removeContainer(containerId));
    if (!log.isEmpty()) {
      files.removeLog(java.nio.file.Path.of(log));
    }
  }

  private static void unlessGone(Runnable call) {
    try {
      call.run();
    } catch (CriException e) {
      if (!e.isNotFound()) {
        throw e;
      }
    }
  }

  @Override
  public ExecResult exec(String containerId, List<String> command, Duration timeout) {
    ExecSyncResponse response = client.execSync(containerId, command, timeout);
    ByteString output = response.getStdout().concat(response.getStderr());
    return new ExecResult(
        response.getExitCode(),
        output.substring(0, Math.min(output.size(), Limits.EXEC_OUTPUT_BYTES)).toString(UTF_8));
  }

  @Override
  public void reopenLog(String containerId) {
    client.reopenContainerLog(containerId);
  }

  // Streams

  @Override
  public URI execUrl(String containerId, List<String> command, CommandStreams streams) {
    return URI.create(
        client.exec(
            ExecRequest.newBuilder()
                .setContainerId(containerId)
                .addAllCmd(command)
                .setStdin(streams.stdin())
                .setStdout(streams.stdout())
                .setStderr(streams.stderr())
                .setTty(streams.tty())
                .build()));
  }

  @Override
  public URI attachUrl(String containerId, CommandStreams streams) {
    return URI.create(
        client.attach(
            AttachRequest.newBuilder()
                .setContainerId(containerId)
                .setStdin(streams.stdin())
                .setStdout(streams.stdout())
                .setStderr(streams.stderr())
                .setTty(streams.tty())
                .build()));
  }

  @Override
  public URI portForwardUrl(String sandboxId, List<Integer> ports) {
    return URI.create(
        client.portForward(
            PortForwardRequest.newBuilder().setPodSandboxId(sandboxId).addAllPort(ports).build()));
  }

  // Images

  @Override
  public String ensureImage(ImageRequest request, RuntimeEvents events) throws ImageException {
    return images.ensure(request, events);
  }

  @Override
  public List<NodeImage> images() {
    return client.listImages().stream()
        .map(image -> {
          List<String> names = new ArrayList<>(image.getRepoTagsList());
          names.addAll(image.getRepoDigestsList());
          return new NodeImage(image.getId(), names, image.getSize(), image.getPinned());
        })
        .toList();
  }

  @Override
  public void removeImage(String imageId) {
    unlessGone(() -> client.removeImage(ImageSpec.newBuilder().setImage(imageId).build()));
  }

  @Override
  public List<FilesystemUse> imageFilesystems() {
    return client.imageFsInfo().getImageFilesystemsList().stream()
        .map(use ->
            new FilesystemUse(
                use.getFsId().getMountpoint(),
                use.getUsedBytes().getValue(),
                use.getInodesUsed().getValue()))
        .toList();
  }

  // Resource use

  @Override
  public List<ContainerUse> use() {
    return client.listContainerStats(ContainerStatsFilter.getDefaultInstance()).stream()
        .flatMap(stats -> use(stats).stream())
        .toList();
  }

  @Override
  public Optional<ContainerUse> use(String containerId) {
    try {
      return use(client.containerStats(containerId));
    } catch (CriException e) {
      if (e.isNotFound()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static Optional<ContainerUse> use(ContainerStats stats) {
    Map<String, String> labels = stats.getAttributes().getLabelsMap();
    long at = stats.getCpu().getTimestamp();
    return PodReader.identity(labels)
        .map(pod ->
            new ContainerUse(
                pod,
                labels.getOrDefault(
                    RuntimeLabels.CONTAINER_NAME, stats.getAttributes().getMetadata().getName()),
                stats.getAttributes().getId(),
                Instant.ofEpochSecond(at / NANOS_PER_SECOND, at % NANOS_PER_SECOND),
                stats.getCpu().getUsageCoreNanoSeconds().getValue(),
                stats.getMemory().getWorkingSetBytes().getValue(),
                stats.getWritableLayer().getUsedBytes().getValue()));
  }
}
