/**
 * Members look whether they still hold the same, as etcd's corruption checks do: at a start, and
 * from time to time as the leader. {@link dev.tiphys.store.audit.Comparison} asks, {@link
 * dev.tiphys.store.audit.Verdict} decides, {@link dev.tiphys.store.audit.CorruptionWatch} and
 * {@link dev.tiphys.store.audit.InitialCheck} act. What a member answers is in {@code raft}; how
 * its state is summed up, in {@code mvcc}.
 */
@NullMarked
package dev.tiphys.store.audit;

import org.jspecify.annotations.NullMarked;
