package dev.tiphys.store.raft;

/**
 * Where a node stands.
 *
 * @param leader the number of the leader; 0 when none is known
 * @param leading true when this node leads in that term, and has applied all that was committed
 *     before it led
 * @param term the Raft term
 * @param index the last entry in this node's log; 0 when there is none
 * @param applied the last entry that was applied here; 0 when there is none
 */
public record RaftStatus(long leader, boolean leading, long term, long index, long applied) {
  /** What is less than 0, as of a state that was restored, would be told as an unsigned number. */
  public RaftStatus {
    index = Math.max(0, index);
    applied = Math.max(0, applied);
  }

  /** The term in which this node leads; 0 when it does not. */
  public long leadingTerm() {
    return leading ? term : 0;
  }
}
