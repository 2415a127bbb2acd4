/**
 * What the scheduler knows of the cluster: nodes with what they have, and what the pods on them
 * asked for. Snapshots are immutable; {@link dev.tiphys.scheduler.state.ClusterState} is the one
 * mutable class, and holds pods that were just placed until the API confirms them.
 */
@NullMarked
package dev.tiphys.scheduler.state;

import org.jspecify.annotations.NullMarked;
