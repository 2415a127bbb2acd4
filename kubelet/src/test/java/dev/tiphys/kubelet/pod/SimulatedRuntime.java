package dev.tiphys.kubelet.pod;

import dev.tiphys.cri.CriException;
import dev.tiphys.kubelet.runtime.ContainerHash;
import dev.tiphys.kubelet.runtime.ContainerRequest;
import dev.tiphys.kubelet.runtime.ContainerRuntime;
import dev.tiphys.kubelet.runtime.ContainerState;
import dev.tiphys.kubelet.runtime.ContainerUse;
import dev.tiphys.kubelet.runtime.ExecResult;
import dev.tiphys.kubelet.runtime.FilesystemUse;
import dev.tiphys.kubelet.runtime.ImageRequest;
import dev.tiphys.kubelet.runtime.NodeImage;
import dev.tiphys.kubelet.runtime.PodIdentity;
import dev.tiphys.kubelet.runtime.PodState;
import dev.tiphys.kubelet.runtime.PodSummary;
import dev.tiphys.kubelet.runtime.RuntimeEvents;
import dev.tiphys.kubelet.runtime.RuntimeHealth;
import dev.tiphys.kubelet.runtime.RuntimeVersion;
import dev.tiphys.kubelet.runtime.SandboxRequest;
import dev.tiphys.kubelet.streaming.CommandStreams;
import dev.tiphys.simulation.SimulatedEnvironment;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A runtime whose sandboxes and containers are records, and which can be told to refuse. */
final class SimulatedRuntime implements ContainerRuntime {

  private static final Duration SLOWEST = Duration.ofMillis(200);

  private final SimulatedEnvironment environment;
  private final InstantSource clock;
  private final Random chance;
  private final Map<String, PodIdentity> owners = new TreeMap<>();
  private final Map<String, PodState.Sandbox> sandboxes = new TreeMap<>();
  private final Map<String, ContainerState> containers = new TreeMap<>();
  private final List<ContainerRequest> requests = new ArrayList<>();
  private @Nullable String refusal;
  private int tries;
  private int made;

  SimulatedRuntime(SimulatedEnvironment environment, long seed) {
    this.environment = environment;
    this.clock = environment.clock();
    this.chance = new Random(seed);
  }

  /** Every call takes a while, on its way in and on its way out. */
  private void pause() {
    environment.pause(Duration.ofNanos(chance.nextLong(SLOWEST.toNanos())));
  }

  /** From now on nothing can be started or stopped, for this reason; null ends it. */
  void refuse(@Nullable String why) {
    refusal = why;
    tries = 0;
  }

  /** How often it was asked to start or stop something since then. */
  int tries() {
    return tries;
  }

  /** What containers were made of, in order. */
  List<ContainerRequest> requests() {
    return requests;
  }

  /** Ends whatever runs in a pod's sandboxes, and these, as a reboot does. */
  void crash() {
    sandboxes.replaceAll((id, s) ->
        new PodState.Sandbox(id, s.attempt(), false, s.createdAt(), s.hostNetwork(), List.of()));
    containers.keySet().forEach(this::end);
  }

  private String next(String kind) {
    return "%s-%04d".formatted(kind, ++made);
  }

  private void mayRefuse() {
    pause();
    tries++;
    if (refusal != null) {
      throw new CriException(CriException.Kind.FAILED, refusal, null);
    }
  }

  private void end(String container) {
    ContainerState now = containers.get(container);
    if (now != null && now.life() instanceof ContainerState.Running(var startedAt)) {
      containers.put(
          container,
          with(now, new ContainerState.Exited(137, "Error", "", startedAt, clock.instant())));
    }
  }

  private static ContainerState with(ContainerState c, ContainerState.Life life) {
    return new ContainerState(
        c.id(),
        c.name(),
        c.sandboxId(),
        c.restartCount(),
        c.image(),
        c.imageId(),
        c.specHash(),
        c.logPath(),
        c.createdAt(),
        life);
  }

  @Override
  public RuntimeVersion version() {
    return new RuntimeVersion("simulated", "1", "v1");
  }

  @Override
  public RuntimeHealth health() {
    return new RuntimeHealth(true, true, List.of());
  }

  @Override
  public List<PodSummary> pods() {
    return owners.values().stream()
        .distinct()
        .map(pod -> {
          PodState state = now(pod);
          return new PodSummary(
              pod,
              state.sandboxes().stream()
                  .map(s -> new PodSummary.Sandbox(s.id(), s.attempt(), s.ready(), s.createdAt()))
                  .toList(),
              state.containers().stream()
                  .map(c ->
                      new PodSummary.Container(
                          c.id(),
                          c.name(),
                          c.sandboxId(),
                          c.restartCount(),
                          c.phase(),
                          c.createdAt()))
                  .toList());
        })
        .toList();
  }

  @Override
  public PodState pod(PodIdentity pod) {
    PodState state = now(pod);
    pause();
    return state;
  }

  /** How many containers of a name run in a pod's sandboxes. */
  long running(String name) {
    return containers.values().stream()
        .filter(c -> c.name().equals(name) && c.life() instanceof ContainerState.Running)
        .count();
  }

  private PodState now(PodIdentity pod) {
    List<PodState.Sandbox> own =
        sandboxes.values().stream()
            .filter(s -> pod.equals(owners.get(s.id())))
            .sorted(Comparator.comparing(PodState.Sandbox::id).reversed())
            .toList();
    List<ContainerState> inThem =
        containers.values().stream()
            .filter(c -> own.stream().anyMatch(s -> s.id().equals(c.sandboxId())))
            .sorted(Comparator.comparing(ContainerState::id).reversed())
            .toList();
    return new PodState(pod, own, inThem);
  }

  @Override
  public Optional<ContainerState> container(String containerId) {
    return Optional.ofNullable(containers.get(containerId));
  }

  @Override
  public boolean watch(Consumer<String> changed) {
    return false;
  }

  @Override
  public String startSandbox(SandboxRequest request) {
    mayRefuse();
    String id = next("sandbox");
    owners.put(id, PodIdentity.of(request.pod()));
    sandboxes.put(
        id,
        new PodState.Sandbox(
            id, request.attempt(), true, clock.instant(), false, List.of("10.244.0." + made)));
    pause();
    return id;
  }

  @Override
  public void stopSandbox(String sandboxId) {
    mayRefuse();
    sandboxes.computeIfPresent(
        sandboxId,
        (id, s) ->
            new PodState.Sandbox(
                id, s.attempt(), false, s.createdAt(), s.hostNetwork(), List.of()));
    containers.values().stream()
        .filter(c -> c.sandboxId().equals(sandboxId))
        .map(ContainerState::id)
        .toList()
        .forEach(this::end);
  }

  @Override
  public void removeSandbox(String sandboxId) {
    sandboxes.remove(sandboxId);
    owners.remove(sandboxId);
    containers.values().removeIf(c -> c.sandboxId().equals(sandboxId));
  }

  @Override
  public String startContainer(ContainerRequest request, RuntimeEvents events) {
    mayRefuse();
    requests.add(request);
    String id = next("container");
    containers.put(
        id,
        new ContainerState(
            id,
            String.valueOf(request.container().name()),
            request.sandboxId(),
            request.restartCount(),
            String.valueOf(request.container().image()),
            request.imageRef(),
            ContainerHash.of(request.container()),
            Path.of("/var/log/" + id),
            clock.instant(),
            new ContainerState.Running(clock.instant())));
    pause();
    return id;
  }

  @Override
  public void stopContainer(String containerId, Duration grace) {
    mayRefuse();
    end(containerId);
  }

  @Override
  public void removeContainer(String containerId) {
    containers.remove(containerId);
  }

  @Override
  public ExecResult exec(String containerId, List<String> command, Duration timeout) {
    return new ExecResult(0, "");
  }

  @Override
  public void reopenLog(String containerId) {}

  @Override
  public URI execUrl(String containerId, List<String> command, CommandStreams streams) {
    throw noStreams();
  }

  @Override
  public URI attachUrl(String containerId, CommandStreams streams) {
    throw noStreams();
  }

  @Override
  public URI portForwardUrl(String sandboxId, List<Integer> ports) {
    throw noStreams();
  }

  private static CriException noStreams() {
    return new CriException(CriException.Kind.UNIMPLEMENTED, "there are no streams here", null);
  }

  @Override
  public String ensureImage(ImageRequest request, RuntimeEvents events) {
    return String.valueOf(request.container().image());
  }

  @Override
  public List<NodeImage> images() {
    return List.of();
  }

  @Override
  public void removeImage(String imageId) {}

  @Override
  public List<FilesystemUse> imageFilesystems() {
    return List.of();
  }

  @Override
  public List<ContainerUse> use() {
    return List.of();
  }

  @Override
  public Optional<ContainerUse> use(String containerId) {
    return Optional.empty();
  }
}
