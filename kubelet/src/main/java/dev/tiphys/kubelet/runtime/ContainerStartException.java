package dev.tiphys.kubelet.runtime;

import org.jspecify.annotations.Nullable;

/** A container could not be started. The message is for the pod's status and its events. */
public final class ContainerStartException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What failed; the name is the {@code reason} of the container's waiting state. */
  public enum Reason {
    /** What the pod asks for cannot be configured. */
    CreateContainerConfigError,
    /** The runtime did not make it. */
    CreateContainerError,
    /** The runtime made it, but it does not run: mostly its command cannot be executed. */
    RunContainerError
  }

  private final Reason reason;

  ContainerStartException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** What failed. */
  public Reason reason() {
    return reason;
  }
}
