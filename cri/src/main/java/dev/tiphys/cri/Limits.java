package dev.tiphys.cri;

import java.time.Duration;

/** Every bound on what is asked of a runtime, and why it is where it is. */
final class Limits {
  /** The kubelet's documented {@code runtimeRequestTimeout}. */
  static final Duration CALL = Duration.ofMinutes(2);

  /** Making a sandbox waits for network plugins, which have time-outs of their own. */
  static final Duration RUN_SANDBOX = CALL.multipliedBy(2);

  /** A list of some thousand containers with their labels and annotations stays well below. */
  static final int MESSAGE_BYTES = 16 << 20;

  /** {@code sun_path} of {@code sockaddr_un}, less its closing zero. */
  static final int SOCKET_PATH_BYTES = 107;

  /** How long {@code close} waits for calls under way before it cuts them off. */
  static final Duration CLOSE = Duration.ofSeconds(2);

  private Limits() {}
}
