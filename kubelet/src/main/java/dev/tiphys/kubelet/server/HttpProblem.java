package dev.tiphys.kubelet.server;

/** A request that is answered with an error, in plain text. */
final class HttpProblem extends Exception {
  private static final long serialVersionUID = 1L;

  private final int status;

  HttpProblem(int status, String message) {
    super(message);
    this.status = status;
  }

  int status() {
    return status;
  }
}
