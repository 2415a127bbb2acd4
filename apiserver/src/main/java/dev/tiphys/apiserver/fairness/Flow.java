package dev.tiphys.apiserver.fairness;

/**
 * Where a request belongs.
 *
 * @param schema by which it was sorted
 * @param distinguisher tells flows of one schema apart: a user, a namespace, or empty
 */
record Flow(Schema schema, String distinguisher) {

  /**
   * A flow schema as far as requests are concerned.
   *
   * @param uid empty before the schema has been read from the store
   * @param level the name of its priority level
   * @param levelUid empty as {@code uid}
   */
  record Schema(String name, String uid, String level, String levelUid) {}

  /** Deals the flow's hand of queues; the same flow always gets the same. */
  long hash() {
    return mix(31L * schema.name().hashCode() + mix(distinguisher.hashCode()));
  }

  /** The finalizer of SplitMix64: each bit of the input moves half of the output's. */
  private static long mix(long value) {
    long z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
