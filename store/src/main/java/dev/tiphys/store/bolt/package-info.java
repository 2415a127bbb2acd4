/**
 * The file of an etcd: a bbolt database, in which buckets are trees of pages that map keys to
 * values, read from a file and given as a stream, page by page. {@link
 * dev.tiphys.store.bolt.EtcdSnapshot} and {@link dev.tiphys.store.bolt.SnapshotStream} know which
 * buckets an etcd has and what stands in them; the other classes know pages only. For snapshots,
 * never for serving.
 */
@NullMarked
package dev.tiphys.store.bolt;

import org.jspecify.annotations.NullMarked;
