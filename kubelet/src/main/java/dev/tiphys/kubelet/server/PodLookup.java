package dev.tiphys.kubelet.server;

import static java.util.Objects.requireNonNullElse;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.ContainerStatus;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.PodStatus;
import dev.tiphys.kubelet.runtime.ContainerPhase;
import dev.tiphys.kubelet.runtime.ContainerRuntime;
import dev.tiphys.kubelet.runtime.ContainerState;
import dev.tiphys.kubelet.runtime.PodIdentity;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds what a request's path names, or says in upstream's words that it is not there. */
final class PodLookup {
  private final NodePods pods;
  private final ContainerRuntime runtime;

  PodLookup(NodePods pods, ContainerRuntime runtime) {
    this.pods = pods;
    this.runtime = runtime;
  }

  Pod pod(String namespace, String name) throws HttpProblem {
    return pods.pod(namespace, name).orElseThrow(() -> new HttpProblem(404, "pod does not exist"));
  }

  /** The container's id, if it runs. */
  String runningContainer(Pod pod, String name) throws HttpProblem {
    return runtime
        .pod(PodIdentity.of(pod))
        .container(name)
        .filter(container -> container.phase() == ContainerPhase.RUNNING)
        .map(ContainerState::id)
        .orElseThrow(() -> new HttpProblem(404, "container not found (\"" + name + "\")"));
  }

  String readySandbox(Pod pod) throws HttpProblem {
    return runtime
        .pod(PodIdentity.of(pod))
        .readySandbox()
        .orElseThrow(() -> new HttpProblem(404, "pod is not running"))
        .id();
  }

  void requireContainer(Pod pod, String name) throws HttpProblem {
    PodSpec spec = requireNonNullElse(pod.spec(), PodSpec.EMPTY);
    boolean ephemeral = spec.ephemeralContainers().stream().anyMatch(c -> name.equals(c.name()));
    if (!ephemeral && container(pod, name).isEmpty()) {
      throw new HttpProblem(
          404, "container \"" + name + "\" not found in pod \"" + pod.metadata().name() + "\"");
    }
  }

  /** Whether the container's first process has a terminal: that cannot be changed by attaching. */
  static boolean hasTerminal(Pod pod, String name) {
    PodSpec spec = requireNonNullElse(pod.spec(), PodSpec.EMPTY);
    return container(pod, name).filter(c -> Boolean.TRUE.equals(c.tty())).isPresent()
        || spec.ephemeralContainers().stream()
            .anyMatch(c -> name.equals(c.name()) && Boolean.TRUE.equals(c.tty()));
  }

  private static Optional<Container> container(Pod pod, String name) {
    PodSpec spec = requireNonNullElse(pod.spec(), PodSpec.EMPTY);
    return Stream.concat(spec.containers().stream(), spec.initContainers().stream())
        .filter(c -> name.equals(c.name()))
        .findFirst();
  }

  static Optional<ContainerStatus> status(Pod pod, String container) {
    PodStatus status = requireNonNullElse(pod.status(), PodStatus.EMPTY);
    return Stream.of(
            status.containerStatuses(),
            status.initContainerStatuses(),
            status.ephemeralContainerStatuses())
        .flatMap(java.util.List::stream)
        .filter(c -> container.equals(c.name()))
        .findFirst();
  }
}
