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

  private Limits() {}
}
