package dev.tiphys.kubelet.runtime;

import java.time.Instant;
import java.util.List;

/**
 * What there is of a pod, in little: enough to see that something changed.
 *
 * @param sandboxes newest first
 * @param containers newest first; several of one name are tries, of which the first counts
 */
public record PodSummary(PodIdentity pod, List<Sandbox> sandboxes, List<Container> containers) {
  /** Keeps its own copies. */
  public PodSummary {
    sandboxes = List.copyOf(sandboxes);
    containers = List.copyOf(containers);
  }

  /**
   * A sandbox.
   *
   * @param ready whether its process runs
   */
  public record Sandbox(String id, int attempt, boolean ready, Instant createdAt) {}

  /** A container. */
  public record Container(
      String id,
      String name,
      String sandboxId,
      int restartCount,
      ContainerPhase phase,
      Instant createdAt) {}

  /** Whether a sandbox or a container of this pod runs. */
  public boolean isRunning() {
    return sandboxes.stream().anyMatch(Sandbox::ready)
        || containers.stream().anyMatch(c -> c.phase() == ContainerPhase.RUNNING);
  }
}
