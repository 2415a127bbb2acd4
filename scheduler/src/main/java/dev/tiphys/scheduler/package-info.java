/**
 * The scheduler: gives each pod that waits a node. {@link dev.tiphys.scheduler.state} is what it
 * sees, {@link dev.tiphys.scheduler.filter} says which nodes can take a pod, {@link
 * dev.tiphys.scheduler.score} which of them should, {@link dev.tiphys.scheduler.queue} whose turn
 * it is. {@link dev.tiphys.scheduler.Decider} joins them into one pure function; {@link
 * dev.tiphys.scheduler.Scheduler} acts on its answer.
 */
@NullMarked
package dev.tiphys.scheduler;

import org.jspecify.annotations.NullMarked;
