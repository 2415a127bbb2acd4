package dev.tiphys.kubelet.volume;

import org.jspecify.annotations.Nullable;

/** A volume cannot be made now; the message is for the pod's events. It is tried again later. */
public final class VolumeException extends Exception {

  private static final long serialVersionUID = 1L;

  /** Says what is wrong. */
  public VolumeException(String message) {
    super(message);
  }

  /** Says what is wrong and what was met on the way. */
  public VolumeException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
