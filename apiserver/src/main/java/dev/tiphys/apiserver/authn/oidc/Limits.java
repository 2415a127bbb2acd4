package dev.tiphys.apiserver.authn.oidc;

import java.time.Duration;

/** Bounds of what issuers may make us do. */
final class Limits {

  /** Issuers in a configuration, as upstream. */
  static final int ISSUERS = 64;

  /** The longest discovery document or set of keys. */
  static final int DOCUMENT_BYTES = 1024 * 1024;

  /** Keys of one issuer that are looked at. */
  static final int KEYS = 256;

  /** How long an issuer may take to answer. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  /** How often discovery is tried again that failed. */
  static final Duration DISCOVERY_AGAIN = Duration.ofSeconds(10);

  /** How often keys are read again, however many tokens name unknown ones. */
  static final Duration KEYS_AGAIN = Duration.ofSeconds(5);

  /** How far ahead of this server's clock the issuer's may be. */
  static final Duration CLOCK_SKEW = Duration.ofMinutes(1);

  private Limits() {}
}
