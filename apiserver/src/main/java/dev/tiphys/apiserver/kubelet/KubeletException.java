package dev.tiphys.apiserver.kubelet;

import java.io.IOException;

/** A kubelet cannot be reached: to be answered with 500 and this text. */
public final class KubeletException extends IOException {

  private static final long serialVersionUID = 1L;

  KubeletException(String message, Throwable cause) {
    super(message, cause);
  }

  KubeletException(String message) {
    super(message);
  }
}
