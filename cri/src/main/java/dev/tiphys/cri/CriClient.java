package dev.tiphys.cri;

import static dev.tiphys.cri.Limits.CALL;
import static dev.tiphys.cri.Limits.RUN_SANDBOX;

import dev.tiphys.cri.v1.AttachRequest;
import dev.tiphys.cri.v1.AuthConfig;
import dev.tiphys.cri.v1.Container;
import dev.tiphys.cri.v1.ContainerConfig;
import dev.tiphys.cri.v1.ContainerEventResponse;
import dev.tiphys.cri.v1.ContainerFilter;
import dev.tiphys.cri.v1.ContainerStats;
import dev.tiphys.cri.v1.ContainerStatsFilter;
import dev.tiphys.cri.v1.ContainerStatsRequest;
import dev.tiphys.cri.v1.ContainerStatus;
import dev.tiphys.cri.v1.ContainerStatusRequest;
import dev.tiphys.cri.v1.CreateContainerRequest;
import dev.tiphys.cri.v1.ExecRequest;
import dev.tiphys.cri.v1.ExecSyncRequest;
import dev.tiphys.cri.v1.ExecSyncResponse;
import dev.tiphys.cri.v1.GetEventsRequest;
import dev.tiphys.cri.v1.Image;
import dev.tiphys.cri.v1.ImageFsInfoRequest;
import dev.tiphys.cri.v1.ImageFsInfoResponse;
import dev.tiphys.cri.v1.ImageServiceGrpc;
import dev.tiphys.cri.v1.ImageServiceGrpc.ImageServiceBlockingStub;
import dev.tiphys.cri.v1.ImageSpec;
import dev.tiphys.cri.v1.ImageStatusRequest;
import dev.tiphys.cri.v1.ImageStatusResponse;
import dev.tiphys.cri.v1.LinuxContainerResources;
import dev.tiphys.cri.v1.LinuxRuntimeConfiguration;
import dev.tiphys.cri.v1.ListContainerStatsRequest;
import dev.tiphys.cri.v1.ListContainersRequest;
import dev.tiphys.cri.v1.ListImagesRequest;
import dev.tiphys.cri.v1.ListPodSandboxRequest;
import dev.tiphys.cri.v1.ListPodSandboxStatsRequest;
import dev.tiphys.cri.v1.NetworkConfig;
import dev.tiphys.cri.v1.PodSandbox;
import dev.tiphys.cri.v1.PodSandboxConfig;
import dev.tiphys.cri.v1.PodSandboxFilter;
import dev.tiphys.cri.v1.PodSandboxStats;
import dev.tiphys.cri.v1.PodSandboxStatsFilter;
import dev.tiphys.cri.v1.PodSandboxStatsRequest;
import dev.tiphys.cri.v1.PodSandboxStatus;
import dev.tiphys.cri.v1.PodSandboxStatusRequest;
import dev.tiphys.cri.v1.PortForwardRequest;
import dev.tiphys.cri.v1.PullImageRequest;
import dev.tiphys.cri.v1.RemoveContainerRequest;
import dev.tiphys.cri.v1.RemoveImageRequest;
import dev.tiphys.cri.v1.RemovePodSandboxRequest;
import dev.tiphys.cri.v1.ReopenContainerLogRequest;
import dev.tiphys.cri.v1.RunPodSandboxRequest;
import dev.tiphys.cri.v1.RuntimeConfig;
import dev.tiphys.cri.v1.RuntimeConfigRequest;
import dev.tiphys.cri.v1.RuntimeServiceGrpc;
import dev.tiphys.cri.v1.RuntimeServiceGrpc.RuntimeServiceBlockingStub;
import dev.tiphys.cri.v1.StartContainerRequest;
import dev.tiphys.cri.v1.StatusRequest;
import dev.tiphys.cri.v1.StatusResponse;
import dev.tiphys.cri.v1.StopContainerRequest;
import dev.tiphys.cri.v1.StopPodSandboxRequest;
import dev.tiphys.cri.v1.UpdateContainerResourcesRequest;
import dev.tiphys.cri.v1.UpdateRuntimeConfigRequest;
import dev.tiphys.cri.v1.VersionRequest;
import dev.tiphys.cri.v1.VersionResponse;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A container runtime on the other end of a unix domain socket, by the Container Runtime Interface
 * ({@code runtime.v1}). Each method is one call: it blocks until the answer, so call it from a
 * virtual thread; interrupting the thread ends the wait. Every call has a deadline.
 *
 * <p>All methods throw {@link CriException}. The runtime may come and go: while it is away calls
 * fail at once with {@link CriException.Kind#UNAVAILABLE}, and when it is back they succeed, with
 * no need for a new client. Safe for use by many threads.
 */
public final class CriClient implements AutoCloseable {
  private final SocketEndpoint endpoint;
  private final SocketChannel channel;

  private CriClient(SocketEndpoint endpoint) {
    this.endpoint = endpoint;
    this.channel = new SocketChannel(endpoint);
  }

  /**
   * A client of the runtime at {@code endpoint}, for instance {@code
   * unix:///run/containerd/containerd.sock}. Connects at the first call, so the runtime may start
   * later. Throws IllegalArgumentException if the endpoint is not a unix domain socket's.
   */
  public static CriClient connect(String endpoint) {
    return new CriClient(SocketEndpoint.parse(endpoint));
  }

  /** The socket's address, as {@code unix:///path}. */
  public String endpoint() {
    return endpoint.toString();
  }

  // The runtime itself

  /** The runtime's name and versions. */
  public VersionResponse version() {
    return call(() -> runtime(CALL).version(VersionRequest.newBuilder().setVersion("v1").build()));
  }

  /**
   * Whether the runtime and its network are ready; {@code verbose} adds the runtime's own details.
   */
  public StatusResponse status(boolean verbose) {
    return call(() -> runtime(CALL).status(StatusRequest.newBuilder().setVerbose(verbose).build()));
  }

  /** Which cgroup driver the runtime uses. containerd before 2.0 answers UNIMPLEMENTED. */
  public LinuxRuntimeConfiguration runtimeConfig() {
    return call(
        () -> runtime(CALL).runtimeConfig(RuntimeConfigRequest.getDefaultInstance()).getLinux());
  }

  /**
   * Passes the node's pod range on to the runtime, which may write a network configuration by it.
   */
  public void updateRuntimeConfig(String podCidr) {
    RuntimeConfig config =
        RuntimeConfig.newBuilder()
            .setNetworkConfig(NetworkConfig.newBuilder().setPodCidr(podCidr))
            .build();
    call(() ->
        runtime(CALL)
            .updateRuntimeConfig(
                UpdateRuntimeConfigRequest.newBuilder().setRuntimeConfig(config).build()));
  }

  // Sandboxes

  /** Makes and starts a sandbox, with its network; returns its id. */
  public String runPodSandbox(PodSandboxConfig config, String runtimeHandler) {
    RunPodSandboxRequest request =
        RunPodSandboxRequest.newBuilder()
            .setConfig(config)
            .setRuntimeHandler(runtimeHandler)
            .build();
    return call(() -> runtime(RUN_SANDBOX).runPodSandbox(request).getPodSandboxId());
  }

  /** Kills what runs in the sandbox and takes its network down. May be repeated. */
  public void stopPodSandbox(String sandboxId) {
    call(() ->
        runtime(CALL)
            .stopPodSandbox(StopPodSandboxRequest.newBuilder().setPodSandboxId(sandboxId).build()));
  }

  /** Removes the sandbox and its containers. May be repeated. */
  public void removePodSandbox(String sandboxId) {
    call(() ->
        runtime(CALL)
            .removePodSandbox(
                RemovePodSandboxRequest.newBuilder().setPodSandboxId(sandboxId).build()));
  }

  /** All about one sandbox, its addresses included. */
  public PodSandboxStatus podSandboxStatus(String sandboxId) {
    PodSandboxStatusRequest request =
        PodSandboxStatusRequest.newBuilder().setPodSandboxId(sandboxId).build();
    return call(() -> runtime(CALL).podSandboxStatus(request).getStatus());
  }

  /** The sandboxes that match; the default filter matches all. */
  public List<PodSandbox> listPodSandboxes(PodSandboxFilter filter) {
    ListPodSandboxRequest request = ListPodSandboxRequest.newBuilder().setFilter(filter).build();
    return call(() -> runtime(CALL).listPodSandbox(request).getItemsList());
  }

  // Containers

  /** Makes a container in a sandbox that was made from {@code sandboxConfig}; returns its id. */
  public String createContainer(
      String sandboxId, ContainerConfig config, PodSandboxConfig sandboxConfig) {
    CreateContainerRequest request =
        CreateContainerRequest.newBuilder()
            .setPodSandboxId(sandboxId)
            .setConfig(config)
            .setSandboxConfig(sandboxConfig)
            .build();
    return call(() -> runtime(CALL).createContainer(request).getContainerId());
  }

  /** Runs a created container. */
  public void startContainer(String containerId) {
    StartContainerRequest request =
        StartContainerRequest.newBuilder().setContainerId(containerId).build();
    call(() -> runtime(CALL).startContainer(request));
  }

  /** Sends the stop signal, waits up to {@code grace}, then kills. May be repeated. */
  public void stopContainer(String containerId, Duration grace) {
    StopContainerRequest request =
        StopContainerRequest.newBuilder()
            .setContainerId(containerId)
            .setTimeout(grace.toSeconds())
            .build();
    call(() -> runtime(CALL.plus(grace)).stopContainer(request));
  }

  /** Removes a container. May be repeated. */
  public void removeContainer(String containerId) {
    RemoveContainerRequest request =
        RemoveContainerRequest.newBuilder().setContainerId(containerId).build();
    call(() -> runtime(CALL).removeContainer(request));
  }

  /** The containers that match; the default filter matches all. */
  public List<Container> listContainers(ContainerFilter filter) {
    ListContainersRequest request = ListContainersRequest.newBuilder().setFilter(filter).build();
    return call(() -> runtime(CALL).listContainers(request).getContainersList());
  }

  /** All about one container. */
  public ContainerStatus containerStatus(String containerId) {
    ContainerStatusRequest request =
        ContainerStatusRequest.newBuilder().setContainerId(containerId).build();
    return call(() -> runtime(CALL).containerStatus(request).getStatus());
  }

  /** Changes limits of a running container. */
  public void updateContainerResources(String containerId, LinuxContainerResources resources) {
    UpdateContainerResourcesRequest request =
        UpdateContainerResourcesRequest.newBuilder()
            .setContainerId(containerId)
            .setLinux(resources)
            .build();
    call(() -> runtime(CALL).updateContainerResources(request));
  }

  /** Makes the runtime open the container's log file anew, after the old one was renamed. */
  public void reopenContainerLog(String containerId) {
    ReopenContainerLogRequest request =
        ReopenContainerLogRequest.newBuilder().setContainerId(containerId).build();
    call(() -> runtime(CALL).reopenContainerLog(request));
  }

  /**
   * Tells {@code listener} of every container's changes until the calling thread is interrupted
   * (CANCELLED) or the runtime goes away (UNAVAILABLE). Runtimes without events: UNIMPLEMENTED.
   */
  public void watchContainerEvents(Consumer<ContainerEventResponse> listener) {
    call(() -> {
      Iterator<ContainerEventResponse> events =
          channel
              .stub(RuntimeServiceGrpc::newBlockingStub)
              .getContainerEvents(GetEventsRequest.getDefaultInstance());
      events.forEachRemaining(listener);
      return true;
    });
  }

  // Streams into containers

  /**
   * Runs a command and waits for its end. A zero {@code timeout} waits as long as any call may. A
   * command that takes longer is killed: DEADLINE_EXCEEDED. One that ends badly is no error.
   */
  public ExecSyncResponse execSync(String containerId, List<String> command, Duration timeout) {
    ExecSyncRequest request =
        ExecSyncRequest.newBuilder()
            .setContainerId(containerId)
            .addAllCmd(command)
            .setTimeout(timeout.plusNanos(999_999_999).toSeconds())
            .build();
    return call(() -> runtime(CALL.plus(timeout)).execSync(request));
  }

  /** A URL, good once and for about a minute, where the command's streams can be had. */
  public String exec(ExecRequest request) {
    return call(() -> runtime(CALL).exec(request).getUrl());
  }

  /** A URL, good once and for about a minute, where the container's streams can be had. */
  public String attach(AttachRequest request) {
    return call(() -> runtime(CALL).attach(request).getUrl());
  }

  /** A URL, good once and for about a minute, where the sandbox's ports can be had. */
  public String portForward(PortForwardRequest request) {
    return call(() -> runtime(CALL).portForward(request).getUrl());
  }

  // Resource use

  /** What one container uses. */
  public ContainerStats containerStats(String containerId) {
    ContainerStatsRequest request =
        ContainerStatsRequest.newBuilder().setContainerId(containerId).build();
    return call(() -> runtime(CALL).containerStats(request).getStats());
  }

  /** What the containers that match use. */
  public List<ContainerStats> listContainerStats(ContainerStatsFilter filter) {
    ListContainerStatsRequest request =
        ListContainerStatsRequest.newBuilder().setFilter(filter).build();
    return call(() -> runtime(CALL).listContainerStats(request).getStatsList());
  }

  /** What one sandbox uses. */
  public PodSandboxStats podSandboxStats(String sandboxId) {
    PodSandboxStatsRequest request =
        PodSandboxStatsRequest.newBuilder().setPodSandboxId(sandboxId).build();
    return call(() -> runtime(CALL).podSandboxStats(request).getStats());
  }

  /** What the sandboxes that match use. */
  public List<PodSandboxStats> listPodSandboxStats(PodSandboxStatsFilter filter) {
    ListPodSandboxStatsRequest request =
        ListPodSandboxStatsRequest.newBuilder().setFilter(filter).build();
    return call(() -> runtime(CALL).listPodSandboxStats(request).getStatsList());
  }

  // Images

  /** All images on disk. */
  public List<Image> listImages() {
    return call(
        () -> images(CALL).listImages(ListImagesRequest.getDefaultInstance()).getImagesList());
  }

  /** The image of that name, digest or id; empty if the runtime has none. */
  public Optional<Image> imageStatus(ImageSpec image) {
    ImageStatusRequest request = ImageStatusRequest.newBuilder().setImage(image).build();
    ImageStatusResponse response = call(() -> images(CALL).imageStatus(request));
    return response.hasImage() ? Optional.of(response.getImage()) : Optional.empty();
  }

  /** Fetches an image, within {@code timeout}; returns the reference to use from now on. */
  public String pullImage(
      ImageSpec image,
      @Nullable AuthConfig credentials,
      PodSandboxConfig sandboxConfig,
      Duration timeout) {
    PullImageRequest.Builder request =
        PullImageRequest.newBuilder().setImage(image).setSandboxConfig(sandboxConfig);
    if (credentials != null) {
      request.setAuth(credentials);
    }
    return call(() -> images(timeout).pullImage(request.build()).getImageRef());
  }

  /** Removes an image under all its names. May be repeated. */
  public void removeImage(ImageSpec image) {
    call(() -> images(CALL).removeImage(RemoveImageRequest.newBuilder().setImage(image).build()));
  }

  /** How much images and writable layers occupy. */
  public ImageFsInfoResponse imageFsInfo() {
    return call(() -> images(CALL).imageFsInfo(ImageFsInfoRequest.getDefaultInstance()));
  }

  @Override
  public void close() {
    channel.close();
  }

  private RuntimeServiceBlockingStub runtime(Duration deadline) {
    return channel
        .stub(RuntimeServiceGrpc::newBlockingStub)
        .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS);
  }

  private ImageServiceBlockingStub images(Duration deadline) {
    return channel
        .stub(ImageServiceGrpc::newBlockingStub)
        .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** gRPC's errors end here. */
  private <T> T call(Supplier<T> method) {
    try {
      return method.get();
    } catch (StatusRuntimeException e) {
      CriException error = CriException.of(e);
      boolean nobodyThere = e.getStatus().getCause() != null;
      if (error.kind() == CriException.Kind.UNAVAILABLE && nobodyThere) {
        throw new CriException(error.kind(), endpoint.whyUnreachable(), e);
      }
      throw error;
    }
  }
}
