/**
 * The multi-version state machine: an index in memory from key to revisions, values in the log on
 * disk, leases, and the watches served from both. It applies commands in the order that Raft gives
 * them ({@code dev.tiphys.store.raft} calls it) and answers reads of any revision that is not
 * compacted. It knows neither Raft nor the network, and reads no clock: the same commands give the
 * same state on every member.
 */
@NullMarked
package dev.tiphys.store.mvcc;

import org.jspecify.annotations.NullMarked;
