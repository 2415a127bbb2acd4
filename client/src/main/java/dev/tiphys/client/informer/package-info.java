/**
 * Caches of the API that keep themselves up to date: an {@link dev.tiphys.client.informer.Informer}
 * lists and watches one resource, a {@link dev.tiphys.client.informer.Lister} reads what it knows,
 * an {@link dev.tiphys.client.informer.Index} finds objects by something other than their name.
 * {@link dev.tiphys.client.informer.Informers} shares them within a daemon.
 *
 * <p>Cached objects are immutable records and may be handed on. A cache is always a little old;
 * reconcilers must bear that.
 */
@NullMarked
package dev.tiphys.client.informer;

import org.jspecify.annotations.NullMarked;
