package dev.tiphys.store.auth;

/** Proofs of who somebody is, given out for a password and shown with each request after that. */
public sealed interface Tokens permits SimpleTokens, JwtTokens {
  /**
   * The user whose token this is.
   *
   * @throws dev.tiphys.store.mvcc.StoreException when it is nobody's, ran out, or is older than a
   *     change of the rules
   */
  String user(String token, Rules rules);
}
