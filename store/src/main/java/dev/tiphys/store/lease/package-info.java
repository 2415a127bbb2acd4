/**
 * When leases run out: the leader's clock over the leases that all members agree on. Only the
 * member that leads counts time; a new leader starts every lease anew, so that none ever ends
 * early. An end is a command like any other.
 */
@NullMarked
package dev.tiphys.store.lease;

import org.jspecify.annotations.NullMarked;
