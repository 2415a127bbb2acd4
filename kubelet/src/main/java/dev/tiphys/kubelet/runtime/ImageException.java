package dev.tiphys.kubelet.runtime;

import org.jspecify.annotations.Nullable;

/** An image is not to be had. The message is for the pod's status and its events. */
public final class ImageException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why; the name is the {@code reason} of the container's waiting state. */
  public enum Reason {
    /** It is no image's name. */
    InvalidImageName,
    /** It is not here, and must not be pulled. */
    ErrImageNeverPull,
    /** Pulling it failed just now. */
    ErrImagePull,
    /** Pulling it failed before, and it is not yet time to try again. */
    ImagePullBackOff,
    /** The runtime cannot say whether it is here. */
    ImageInspectError
  }

  private final Reason reason;

  ImageException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }
}
