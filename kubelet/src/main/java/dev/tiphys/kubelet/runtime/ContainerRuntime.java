package dev.tiphys.kubelet.runtime;

import dev.tiphys.kubelet.streaming.CommandStreams;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What runs containers on this node. Every method blocks until it is done, so call it from a
 * virtual thread; all may be called by many threads. Except where another exception is named, a
 * failure is a {@link dev.tiphys.cri.CriException}, whose kind tells a runtime that is away
 * (UNAVAILABLE: try again later) from one that refused.
 *
 * <p>Stopping and removing may be repeated, and are no error for what is gone already.
 */
public interface ContainerRuntime {
  // The runtime itself

  /** Its name and versions. The name is the scheme of container ids in a Pod's status. */
  RuntimeVersion version();

  /** Whether it can run pods now. A runtime that does not answer is a health too: no exception. */
  RuntimeHealth health();

  // What there is

  /**
   * All pods that have a sandbox or a container here, dead ones too, in no particular order. Costs
   * two calls, whatever the number of pods: made for looking every second.
   */
  List<PodSummary> pods();

  /** All about one pod: addresses, exit codes, messages. Costs a call a sandbox and container. */
  PodState pod(PodIdentity pod);

  /** All about one container; empty if it is gone. */
  Optional<ContainerState> container(String containerId);

  /**
   * Calls {@code changed} with a pod's uid whenever one of its containers starts or ends, until the
   * calling thread is interrupted or the runtime goes away. Returns at once with false if the
   * runtime cannot tell (containerd before 1.7); then {@link #pods} must be looked at from time to
   * time.
   */
  boolean watch(Consumer<String> changed);

  // Sandboxes

  /** Makes and starts a sandbox with its network and log directory; returns its id. */
  String startSandbox(SandboxRequest request);

  /** Kills what runs in a sandbox and takes its network down. */
  void stopSandbox(String sandboxId);

  /** Removes a sandbox, its containers, and the pod's logs if it was the last. */
  void removeSandbox(String sandboxId);

  // Containers

  /**
   * Creates and starts a container in a sandbox; returns its id. Tells {@code events} (Created,
   * Started, Failed) what a user would want to see.
   */
  String startContainer(ContainerRequest request, RuntimeEvents events)
      throws ContainerStartException;

  /** Signals, waits up to {@code grace}, kills. A grace of zero kills at once. */
  void stopContainer(String containerId, Duration grace);

  /** Removes a container and its log. It must not be running. */
  void removeContainer(String containerId);

  /** Runs a command to its end; for probes and hooks. A command over time is DEADLINE_EXCEEDED. */
  ExecResult exec(String containerId, List<String> command, Duration timeout);

  /** Has the runtime write the container's log into a new file; the old one was renamed. */
  void reopenLog(String containerId);

  // Streams: each URL is good for one connection, made within a minute

  /** Where a command's streams are to be had. */
  URI execUrl(String containerId, List<String> command, CommandStreams streams);

  /** Where the streams of a container's first process are to be had. */
  URI attachUrl(String containerId, CommandStreams streams);

  /** Where a sandbox's ports are to be had. */
  URI portForwardUrl(String sandboxId, List<Integer> ports);

  // Images

  /**
   * Sees to it that a container's image is on the node, by the container's pull policy; returns the
   * reference to start it by. Tells {@code events} what a user would want to see. Failed pulls are
   * not tried again before a pause that doubles from ten seconds to five minutes; what waits, fails
   * at once with ImagePullBackOff.
   */
  String ensureImage(ImageRequest request, RuntimeEvents events) throws ImageException;

  /** All images on the node. */
  List<NodeImage> images();

  /** Removes an image with all its names. */
  void removeImage(String imageId);

  /** How much images and writable layers occupy, a file system each. Empty if not known yet. */
  List<FilesystemUse> imageFilesystems();

  // Resource use

  /** What running containers use now. */
  List<ContainerUse> use();

  /** What one container uses now; empty if it is gone. */
  Optional<ContainerUse> use(String containerId);
}
