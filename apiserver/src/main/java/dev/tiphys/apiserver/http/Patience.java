package dev.tiphys.apiserver.http;

import java.time.Duration;

/**
 * How long a client may take that has asked nothing.
 *
 * @param handshake from accept to the end of the TLS handshake
 * @param firstHead from the handshake to the whole head of the first request, or of HTTP/2 to the
 *     client's settings
 * @param idle without a request
 * @param sweep how often connections are looked at for the last two
 */
public record Patience(Duration handshake, Duration firstHead, Duration idle, Duration sweep) {

  /** What everybody is served with. */
  static final Patience DEFAULT =
      new Patience(
          Limits.HANDSHAKE_TIMEOUT,
          Limits.FIRST_HEAD_TIMEOUT,
          Limits.IDLE_TIMEOUT,
          Limits.SWEEP_INTERVAL);
}
