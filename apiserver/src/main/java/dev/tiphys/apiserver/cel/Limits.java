package dev.tiphys.apiserver.cel;

/** How much expressions may cost. */
final class Limits {

  /** Rounds of loops within one evaluation. */
  static final int ITERATIONS = 1_000_000;

  /** Steps of one evaluation, as upstream limits a call. */
  static final long CALL_COST = 1_000_000;

  /** Steps of all rules of one object together: upstream's budget for one request. */
  static final long OBJECT_COST = 10_000_000;

  private Limits() {}
}
