package dev.tiphys.store;

import dev.tiphys.store.mvcc.Stopwatch;
import dev.tiphys.store.raft.RaftMetrics;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** What is counted and timed while it happens, under etcd's names. Thread-safe. */
final class Measurements implements Stopwatch, RaftMetrics {
  private final LongSupplier ticker;
  private final Histogram syncs =
      histogram(
          "etcd_disk_wal_fsync_duration_seconds",
          "How long the syncs take that writes wait for.",
          0.001,
          14);
  private final Histogram checkpoints =
      histogram(
          "etcd_disk_backend_commit_duration_seconds",
          "How long checkpoints take, in the background.",
          0.001,
          14);
  private final Histogram roundTrips =
      Histogram.builder()
          .name("etcd_network_peer_round_trip_time_seconds")
          .help("How long a follower takes to answer a heartbeat; measured by the leader.")
          .labelNames("To")
          .classicOnly()
          .classicExponentialUpperBounds(0.0001, 2, 16)
          .build();
  private final Counter leaderChanges =
      counter("etcd_server_leader_changes_seen_total", "Leaders that came.");
  private final Counter failures =
      counter("etcd_server_proposals_failed_total", "Commands that nobody ordered in time.");
  private final Counter comparisons =
      Counter.builder()
          .name("tiphys_store_comparisons_total")
          .help("What came of comparing the members, at the leader: same, incomplete, different.")
          .labelNames("result")
          .build();
  private final LongAdder pending = new LongAdder();

  /** Takes a steady clock, in nanoseconds. */
  Measurements(LongSupplier ticker) {
    this.ticker = ticker;
  }

  void register(PrometheusRegistry registry) {
    registry.register(syncs);
    registry.register(checkpoints);
    registry.register(roundTrips);
    registry.register(leaderChanges);
    registry.register(failures);
    registry.register(comparisons);
  }

  /** Counts a comparison of the members. */
  void compared(String result) {
    comparisons.labelValues(result).inc();
  }

  /** Commands on their way. */
  long pending() {
    return pending.sum();
  }

  @Override
  public long now() {
    return ticker.getAsLong();
  }

  @Override
  public void synced(long since) {
    syncs.observe(seconds(ticker.getAsLong() - since));
  }

  @Override
  public void checkpointed(long since) {
    checkpoints.observe(seconds(ticker.getAsLong() - since));
  }

  @Override
  public void leaderChanged() {
    leaderChanges.inc();
  }

  @Override
  public void proposed() {
    pending.increment();
  }

  @Override
  public void ended(boolean failed) {
    pending.decrement();
    if (failed) {
      failures.inc();
    }
  }

  @Override
  public void roundTrip(long member, long nanos) {
    roundTrips.labelValues(Long.toHexString(member)).observe(seconds(nanos));
  }

  @Override
  public void syncedIn(long nanos) {
    syncs.observe(seconds(nanos));
  }

  private static double seconds(long nanos) {
    return nanos / (double) TimeUnit.SECONDS.toNanos(1);
  }

  private static Counter counter(String name, String help) {
    return Counter.builder().name(name).help(help).build();
  }

  /** Bounds that double from the first one on, as etcd has them. */
  private static Histogram histogram(String name, String help, double first, int count) {
    return Histogram.builder()
        .name(name)
        .help(help)
        .classicOnly()
        .classicExponentialUpperBounds(first, 2, count)
        .build();
  }
}
