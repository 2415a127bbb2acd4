/**
 * The file of an etcd: a bbolt database, in which buckets are trees of pages that map keys to
 * values, read and written page by page. {@link dev.tiphys.store.bolt.EtcdSnapshot} knows which
 * buckets an etcd has and what stands in them; the other classes know pages only. For moving a
 * state in and out, never for serving.
 */
@NullMarked
package dev.tiphys.store.bolt;

import org.jspecify.annotations.NullMarked;
