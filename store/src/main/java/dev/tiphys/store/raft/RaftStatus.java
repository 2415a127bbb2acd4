package dev.tiphys.store.raft;

/**
 * Where a node stands.
 *
 * @param leader the number of the leader; 0 when none is known
 * @param leading true when that is this node, and it has applied all that was committed before it
 *     led
 * @param term the Raft term
 * @param index the last entry in this node's log
 * @param applied the last entry that was applied here
 */
public record RaftStatus(long leader, boolean leading, long term, long index, long applied) {}
