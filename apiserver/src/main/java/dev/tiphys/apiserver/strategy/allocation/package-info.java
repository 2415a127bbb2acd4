/**
 * What must be unique in the cluster though clients need not choose it: service addresses and node
 * ports. Nothing is stored besides the services themselves: what is taken is read from them, so a
 * crash leaves nothing to repair. Reservations bridge the moment between the choice and the stored
 * object.
 */
@NullMarked
package dev.tiphys.apiserver.strategy.allocation;

import org.jspecify.annotations.NullMarked;
