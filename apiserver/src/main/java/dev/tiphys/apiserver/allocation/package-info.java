/**
 * What is given out once in the whole cluster, kept in the store: an {@code IPAddress} object for
 * each service address, as KEP-1880 has it, and one bitmap of node ports. {@link
 * dev.tiphys.apiserver.allocation.StoredClaims} takes and frees, {@link
 * dev.tiphys.apiserver.allocation.ClaimRepair} puts right what a crash between two writes left.
 */
@NullMarked
package dev.tiphys.apiserver.allocation;

import org.jspecify.annotations.NullMarked;
