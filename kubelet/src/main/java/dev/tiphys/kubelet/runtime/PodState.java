package dev.tiphys.kubelet.runtime;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * All that the runtime knows of a pod.
 *
 * @param sandboxes newest first
 * @param containers newest first; several of one name are tries, of which the first counts
 */
public record PodState(PodIdentity pod, List<Sandbox> sandboxes, List<ContainerState> containers) {
  /** Keeps its own copies. */
  public PodState {
    sandboxes = List.copyOf(sandboxes);
    containers = List.copyOf(containers);
  }

  /**
   * A sandbox.
   *
   * @param ready whether its process runs
   * @param hostNetwork whether it shares the node's network
   * @param ips its own addresses, the primary one first; empty with the node's network, or when it
   *     is not ready
   */
  public record Sandbox(
      String id,
      int attempt,
      boolean ready,
      Instant createdAt,
      boolean hostNetwork,
      List<String> ips) {
    /** Keeps its own copy. */
    public Sandbox {
      ips = List.copyOf(ips);
    }
  }

  /** The newest sandbox, if it is ready. */
  public Optional<Sandbox> readySandbox() {
    return sandboxes.stream().findFirst().filter(Sandbox::ready);
  }

  /** The newest container of that name. */
  public Optional<ContainerState> container(String name) {
    return containers.stream().filter(c -> c.name().equals(name)).findFirst();
  }

  /** The one before the newest of that name: what {@code lastState} and {@code logs -p} show. */
  public Optional<ContainerState> previousContainer(String name) {
    return containers.stream().filter(c -> c.name().equals(name)).skip(1).findFirst();
  }
}
