package dev.tiphys.apiserver.authn;

/** Bounds of authentication. */
final class Limits {

  /** Tokens whose checked signature is remembered: one a pod on a large node pool. */
  static final int CHECKED_TOKENS = 4096;

  /** Clients' certificates whose authority is remembered: one a node and daemon. */
  static final int CHECKED_CERTIFICATES = 4096;

  /** Tokens whose owner, or whose being nobody's, is remembered for a while: upstream's number. */
  static final int REMEMBERED_TOKENS = 32 * 1024;

  private Limits() {}
}
