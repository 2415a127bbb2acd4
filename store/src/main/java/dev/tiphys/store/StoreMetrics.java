package dev.tiphys.store;

import dev.tiphys.daemon.Metrics;
import dev.tiphys.store.mvcc.Machine;
import dev.tiphys.store.raft.RaftNode;

/** The metrics, under etcd's names where etcd has them. */
final class StoreMetrics {
  private StoreMetrics() {}

  static void register(Metrics metrics, Machine machine, RaftNode raft) {
    metrics.gauge(
        "etcd_server_has_leader",
        "Whether a leader is known: 1 or 0.",
        () -> raft.status().leader() == 0 ? 0 : 1);
    metrics.gauge(
        "etcd_server_is_leader",
        "Whether this member leads: 1 or 0.",
        () -> raft.status().leading() ? 1 : 0);
    metrics.gauge(
        "etcd_debugging_mvcc_current_revision", "The newest revision.", machine::revision);
    metrics.gauge(
        "etcd_debugging_mvcc_compact_revision",
        "The revision of the last compaction.",
        machine::compacted);
    metrics.gauge(
        "etcd_debugging_mvcc_watcher_total",
        "Open watches.",
        () -> machine.watches().watcherCount());
    metrics.gauge(
        "etcd_debugging_mvcc_watch_stream_total",
        "Open watch streams.",
        () -> machine.watches().sessionCount());
    metrics.gauge("etcd_mvcc_db_total_size_in_bytes", "Bytes on disk.", machine::bytes);
    metrics.gauge(
        "etcd_mvcc_db_total_size_in_use_in_bytes",
        "Bytes on disk that can still be asked for.",
        machine::bytesInUse);
    metrics.gauge(
        "tiphys_store_applied_index",
        "The last Raft entry applied.",
        () -> machine.applied().index());
    metrics.gauge(
        "tiphys_store_durable_index",
        "The last Raft entry synced in the revision log.",
        () -> machine.durable().index());
  }
}
