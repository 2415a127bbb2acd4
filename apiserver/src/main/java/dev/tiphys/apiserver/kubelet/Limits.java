package dev.tiphys.apiserver.kubelet;

import java.time.Duration;

/** Every bound of talking to kubelets, with its reason. */
final class Limits {

  /** Until a node answers a connection: one that is down must not hold a user for minutes. */
  static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  /** Until a kubelet begins to answer: it may have to start a process first. */
  static final Duration HEAD_TIMEOUT = Duration.ofSeconds(60);

  /** A refusal's text. */
  static final int REFUSAL_BYTES = 64 * 1024;

  /** What is copied at once. */
  static final int COPY_BYTES = 32 * 1024;

  private Limits() {}
}
