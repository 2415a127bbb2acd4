package dev.tiphys.apiserver.outbound;

import java.time.Duration;

/** Limits of calls to others. */
final class Limits {

  /** How long a connection may take to come about. */
  static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /** The longest answer of a webhook: the longest request, with room for what it adds. */
  static final int ANSWER_BYTES = 8 * 1024 * 1024;

  /** The status line and all header fields of an answer. */
  static final int HEAD_BYTES = 64 * 1024;

  /** How much is read at once. */
  static final int BUFFER_BYTES = 16 * 1024;

  /** For how many authorities the parsed form is kept. */
  static final int KEPT_TRUST = 256;

  /** How long a connection is kept that nobody uses; less than servers commonly wait. */
  static final Duration IDLE_CONNECTION = Duration.ofSeconds(30);

  /** Connections kept to one peer. */
  static final int KEPT_CONNECTIONS = 16;

  /** Peers to which connections are kept. */
  static final int KEPT_PEERS = 64;

  /** Fields behind a body in chunks. */
  static final int TRAILERS = 64;

  /** Attempts to call a webhook that a flag names, as upstream's. */
  static final int ATTEMPTS = 5;

  /** The pause before its second attempt. */
  static final Duration FIRST_PAUSE = Duration.ofMillis(500);

  /** How much longer each pause is than the one before. */
  static final double PAUSE_GROWTH = 1.5;

  /** By how much of itself a pause may be longer, so that not all call at once. */
  static final double PAUSE_JITTER = 0.2;

  private Limits() {}
}
