/**
 * Raft, by Apache Ratis: the only package that knows it. {@link dev.tiphys.store.raft.RaftNode}
 * takes commands, orders them with those of the other members, and has the state machine apply
 * them; it tells who leads and when a read is fresh. Several commands in flight travel as one
 * entry.
 */
@NullMarked
package dev.tiphys.store.raft;

import org.jspecify.annotations.NullMarked;
