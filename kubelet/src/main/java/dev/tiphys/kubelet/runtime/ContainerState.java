package dev.tiphys.kubelet.runtime;

import java.nio.file.Path;
import java.time.Instant;

/**
 * All that the runtime knows of a container.
 *
 * @param id without the runtime's name before it
 * @param name as in the pod
 * @param restartCount how many containers of this name the pod had before, 0 for the first
 * @param image the name that the pod gave
 * @param imageId the digest or id that runs
 * @param specHash {@link ContainerHash} of what it was made from; empty if made by another kubelet
 * @param logPath its log on this node
 */
public record ContainerState(
    String id,
    String name,
    String sandboxId,
    int restartCount,
    String image,
    String imageId,
    String specHash,
    Path logPath,
    Instant createdAt,
    Life life) {

  /** Where in its life a container is, with what is known only then. */
  public sealed interface Life {}

  /** Made, not started. */
  public record Created() implements Life {}

  /** Started, not ended. */
  public record Running(Instant startedAt) implements Life {}

  /**
   * Ended.
   *
   * @param reason a word: Completed, Error, OOMKilled, ContainerCannotRun, StartError…
   * @param startedAt the same as {@code finishedAt} for one that could not be started
   * @param message the container's termination message and the runtime's own; may be empty
   */
  public record Exited(
      int exitCode, String reason, String message, Instant startedAt, Instant finishedAt)
      implements Life {}

  /** The runtime lost track of it. */
  public record Unknown() implements Life {}

  /** The life in one word. */
  public ContainerPhase phase() {
    return switch (life) {
      case Created created -> ContainerPhase.CREATED;
      case Running running -> ContainerPhase.RUNNING;
      case Exited exited -> ContainerPhase.EXITED;
      case Unknown unknown -> ContainerPhase.UNKNOWN;
    };
  }
}
