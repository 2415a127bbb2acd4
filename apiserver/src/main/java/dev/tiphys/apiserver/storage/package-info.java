/**
 * Objects in a store that speaks the etcd v3 API, by calls of {@code grpc}.
 *
 * <p>{@link dev.tiphys.apiserver.storage.Store} is the connection; it opens one {@link
 * dev.tiphys.apiserver.storage.ResourceStore} a resource, which creates, reads, updates, deletes,
 * lists and watches. Reads and watches are served from a cache that one watch on the store keeps
 * fresh, encoded once; writes go to the store under optimistic locking. Nothing in here knows HTTP,
 * users or a kind's rules: what may be stored is decided by the functions that callers pass in.
 */
@NullMarked
package dev.tiphys.apiserver.storage;

import org.jspecify.annotations.NullMarked;
