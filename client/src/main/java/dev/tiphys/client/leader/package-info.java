/**
 * Choosing one among several processes: a {@link dev.tiphys.client.leader.LeaderElector} holds a
 * Lease for as long as it can renew it, as other members of the control plane do.
 */
@NullMarked
package dev.tiphys.client.leader;

import org.jspecify.annotations.NullMarked;
