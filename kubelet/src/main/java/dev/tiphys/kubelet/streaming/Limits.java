package dev.tiphys.kubelet.streaming;

import java.time.Duration;

/** The bounds of streaming. */
final class Limits {
  /** The runtime's streaming server is on this machine. */
  static final Duration CONNECT = Duration.ofSeconds(10);

  /** To answer the upgrade, for which the runtime looks its token up. */
  static final Duration UPGRADE = Duration.ofSeconds(30);

  /** The kubelet's documented {@code streamingConnectionIdleTimeout}. */
  static final Duration IDLE = Duration.ofHours(4);

  /** The longest WebSocket message taken from a client; clients send 32 KiB at a time. */
  static final int MESSAGE_BYTES = 4 << 20;

  /** The longest explanation that is read from a runtime that refuses. */
  static final int REFUSAL_BYTES = 16 << 10;

  private Limits() {}
}
