package dev.tiphys.client.kubeconfig;

import org.jspecify.annotations.Nullable;

/** A kubeconfig that cannot be used; the message names the file and the field. */
public final class KubeconfigException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** An error with what caused it. */
  public KubeconfigException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** An error. */
  public KubeconfigException(String message) {
    super(message);
  }
}
