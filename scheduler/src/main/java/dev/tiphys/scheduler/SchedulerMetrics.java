package dev.tiphys.scheduler;

import dev.tiphys.daemon.Metrics;
import dev.tiphys.scheduler.queue.SchedulingQueue;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import java.time.Duration;

/** What the scheduler counts, under upstream's names. */
final class SchedulerMetrics {

  private static final double[] BUCKETS = {
    0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1.024, 2.048, 4.096
  };

  private final Counter attempts;
  private final Histogram duration;

  SchedulerMetrics(Metrics metrics, SchedulingQueue queue) {
    this.attempts =
        Counter.builder()
            .name("scheduler_schedule_attempts_total")
            .help("Attempts to schedule pods, by result.")
            .labelNames("result", "profile")
            .register(metrics.registry());
    this.duration =
        Histogram.builder()
            .name("scheduler_scheduling_attempt_duration_seconds")
            .help("Time from taking a pod to its placement or refusal.")
            .classicOnly()
            .classicUpperBounds(BUCKETS)
            .labelNames("result", "profile")
            .register(metrics.registry());
    metrics.gauge("scheduler_pending_pods", "Pods that wait for a node.", queue::size);
  }

  void attempted(String result, String profile, Duration took) {
    attempts.labelValues(result, profile).inc();
    duration.labelValues(result, profile).observe(took.toNanos() / 1e9);
  }
}
