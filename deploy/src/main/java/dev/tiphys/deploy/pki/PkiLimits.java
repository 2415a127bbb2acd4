package dev.tiphys.deploy.pki;

import java.time.Duration;

/** How long certificates live. */
final class PkiLimits {
  private PkiLimits() {}

  /** Nobody renews an authority in place, so it outlives the machine. */
  static final Duration AUTHORITY_LIFE = Duration.ofDays(3650);

  /** As long as upstream's own bootstrap tool gives. */
  static final Duration CERTIFICATE_LIFE = Duration.ofDays(365);

  /** {@code up} renews what has less than this left. */
  static final Duration RENEW_BEFORE = Duration.ofDays(60);

  static final Duration CLOCK_SKEW = Duration.ofMinutes(10);

  /** The least that is still held to be safe; more would cost start-up time. */
  static final int RSA_BITS = 2048;

  /** Tokens are signed RS256, which every verifier knows. */
  static final int SERVICE_ACCOUNT_KEY_BITS = 2048;
}
