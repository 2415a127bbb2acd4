package dev.tiphys.store.raft;

/**
 * Where a node stands.
 *
 * @param leader the number of the leader; 0 when none is known
 * @param leading true when this node leads in that term, and has applied all that was committed
 *     before it led
 * @param term the Raft term
 * @param index the last entry in this node's log
 * @param applied the last entry that was applied here
 */
public record RaftStatus(long leader, boolean leading, long term, long index, long applied) {
  /** The term in which this node leads; 0 when it does not. */
  public long leadingTerm() {
    return leading ? term : 0;
  }
}
