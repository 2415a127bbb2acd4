package dev.tiphys.controllermanager;

import dev.tiphys.client.controller.Telemetry;
import dev.tiphys.daemon.Metrics;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import java.util.Map;

/** What work queues count, under upstream's names. */
final class QueueMetrics implements Telemetry {

  private static final double[] BUCKETS = {0.000_1, 0.001, 0.01, 0.1, 1, 10, 100, 1000};

  private final Map<String, Counter> counters;
  private final Map<String, Gauge> gauges;
  private final Map<String, Histogram> histograms;

  QueueMetrics(Metrics metrics) {
    counters =
        Map.of(
            "workqueue_adds_total", counter(metrics, "workqueue_adds_total", "Keys added."),
            "workqueue_retries_total", counter(metrics, "workqueue_retries_total", "Retries."));
    gauges =
        Map.of(
            "workqueue_depth",
            Gauge.builder()
                .name("workqueue_depth")
                .help("Keys that wait.")
                .labelNames("name")
                .register(metrics.registry()));
    histograms =
        Map.of(
            "workqueue_queue_duration_seconds",
            histogram(metrics, "workqueue_queue_duration_seconds", "How long keys wait."),
            "workqueue_work_duration_seconds",
            histogram(metrics, "workqueue_work_duration_seconds", "How long keys take."));
  }

  private static Counter counter(Metrics metrics, String name, String help) {
    return Counter.builder().name(name).help(help).labelNames("name").register(metrics.registry());
  }

  private static Histogram histogram(Metrics metrics, String name, String help) {
    return Histogram.builder()
        .name(name)
        .help(help)
        .classicOnly()
        .classicUpperBounds(BUCKETS)
        .labelNames("name")
        .register(metrics.registry());
  }

  @Override
  public void count(String metric, String name, double amount) {
    Counter counter = counters.get(metric);
    if (counter != null) {
      counter.labelValues(name).inc(amount);
    }
  }

  @Override
  public void gauge(String metric, String name, double value) {
    Gauge gauge = gauges.get(metric);
    if (gauge != null) {
      gauge.labelValues(name).set(value);
    }
  }

  @Override
  public void observe(String metric, String name, double seconds) {
    Histogram histogram = histograms.get(metric);
    if (histogram != null) {
      histogram.labelValues(name).observe(seconds);
    }
  }
}
