/**
 * {@code tiphys-store}: a replicated key-value store that speaks the etcd v3 gRPC API. {@link
 * dev.tiphys.store.Main} reads flags into a {@link dev.tiphys.store.StoreConfig}, and {@link
 * dev.tiphys.store.StoreServer} puts the parts together: state machine ({@code mvcc}) over its log
 * ({@code disk}), ordered by Raft ({@code raft}), served over gRPC ({@code service}). Nobody else
 * imports what lies below.
 */
@NullMarked
package dev.tiphys.store;

import org.jspecify.annotations.NullMarked;
