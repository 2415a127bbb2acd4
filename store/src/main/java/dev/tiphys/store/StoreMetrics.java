package dev.tiphys.store;

import dev.tiphys.daemon.Metrics;
import dev.tiphys.store.mvcc.Machine;
import dev.tiphys.store.raft.RaftNode;
import dev.tiphys.store.service.MaintenanceService;
import io.prometheus.metrics.core.metrics.Gauge;

/** The metrics, under etcd's names where etcd has them. */
final class StoreMetrics {
  private StoreMetrics() {}

  static void register(
      Metrics metrics,
      Measurements measurements,
      Machine machine,
      RaftNode raft,
      long member,
      long quotaBytes) {
    measurements.register(metrics.registry());
    metrics.gauge("etcd_server_proposals_pending", "Commands on their way.", measurements::pending);
    metrics.gauge(
        "etcd_server_is_learner",
        "Whether this member has no vote: 1 or 0.",
        () -> raft.isLearner() ? 1 : 0);
    metrics
        .registry()
        .register(
            labelled(
                "etcd_server_version",
                "server_version",
                MaintenanceService.ETCD_VERSION,
                "The etcd whose behaviour this is."));
    metrics
        .registry()
        .register(
            labelled("etcd_server_id", "server_id", Long.toHexString(member), "This member."));
    metrics.gauge(
        "etcd_server_quota_backend_bytes",
        "Bytes on disk past which writes are refused.",
        () -> quotaBytes);
    metrics.gauge(
        "etcd_server_proposals_committed_total",
        "Raft entries that a majority has.",
        raft::committed);
    metrics.gauge(
        "etcd_server_proposals_applied_total",
        "Raft entries applied.",
        () -> raft.status().applied());
    metrics.gauge(
        "etcd_debugging_lease_total", "Leases that exist.", () -> machine.leases().all().size());
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

  /** Always 1: what is told is the label. */
  private static Gauge labelled(String name, String label, String value, String help) {
    var gauge = Gauge.builder().name(name).help(help).labelNames(label).build();
    gauge.labelValues(value).set(1);
    return gauge;
  }
}
