package dev.tiphys.kubelet.server;

import java.time.Duration;

/** The bounds of serving. */
final class Limits {
  /** Nobody has a reason to send the kubelet a body; some clients send small ones all the same. */
  static final int REQUEST_BYTES = 1 << 20;

  /** Request line and headers, each; a command of exec is part of the former. */
  static final int HEADER_BYTES = 64 << 10;

  /** Connections waiting to be accepted. */
  static final int BACKLOG = 128;

  /** Open at once; each pod of a full node may be followed by several clients. */
  static final int CONNECTIONS = 2000;

  /** A connection without a request. */
  static final Duration IDLE = Duration.ofMinutes(5);

  /** What a response gathers before it sends. */
  static final int CHUNK_BYTES = 16 << 10;

  /** How long close waits for connections to end. */
  static final Duration CLOSE = Duration.ofSeconds(2);

  /** For a command of /run. */
  static final Duration RUN = Duration.ofMinutes(2);

  private Limits() {}
}
