package dev.tiphys.apiserver.fairness;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.datapoints.GaugeDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;

/** What flow control does, under upstream's names. Thread-safe. */
final class FlowMetrics {

  private static final String PREFIX = "apiserver_flowcontrol_";
  private static final String LEVEL = "priority_level";
  private static final String SCHEMA = "flow_schema";

  /** Upstream's, so that dashboards fit. */
  private static final double[] BUCKETS = {
    0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30
  };

  /** The readings of one schema, looked up once. */
  final class Points {
    final CounterDataPoint dispatched;
    final GaugeDataPoint executing;
    final GaugeDataPoint waiting;
    final DistributionDataPoint waited;
    final DistributionDataPoint waitedInVain;
    private final Flow.Schema schema;

    private Points(Flow.Schema schema) {
      this.schema = schema;
      dispatched = dispatchedTotal.labelValues(schema.level(), schema.name());
      executing = executingNow.labelValues(schema.level(), schema.name());
      waiting = waitingNow.labelValues(schema.level(), schema.name());
      waited = waitSeconds.labelValues(schema.level(), schema.name(), "true");
      waitedInVain = waitSeconds.labelValues(schema.level(), schema.name(), "false");
    }

    void refused(FairSeats.Refusal why) {
      rejectedTotal.labelValues(schema.level(), schema.name(), why.text()).inc();
    }
  }

  private final Counter dispatchedTotal;
  private final Counter rejectedTotal;
  private final Gauge executingNow;
  private final Gauge waitingNow;
  private final Gauge nominal;
  private final Gauge least;
  private final Gauge most;
  private final Histogram waitSeconds;

  FlowMetrics(PrometheusRegistry registry) {
    dispatchedTotal =
        Counter.builder()
            .name(PREFIX + "dispatched_requests")
            .help("Requests that got a seat, or needed none.")
            .labelNames(LEVEL, SCHEMA)
            .register(registry);
    rejectedTotal =
        Counter.builder()
            .name(PREFIX + "rejected_requests")
            .help("Requests that got no seat.")
            .labelNames(LEVEL, SCHEMA, "reason")
            .register(registry);
    executingNow = gauge(registry, "current_executing_requests", "Requests worked on now.", SCHEMA);
    waitingNow = gauge(registry, "current_inqueue_requests", "Requests waiting now.", SCHEMA);
    nominal = gauge(registry, "nominal_limit_seats", "Seats of a level.");
    least = gauge(registry, "lower_limit_seats", "Seats of a level that are never lent.");
    most = gauge(registry, "upper_limit_seats", "Seats of a level, with those it may borrow.");
    waitSeconds =
        Histogram.builder()
            .name(PREFIX + "request_wait_duration_seconds")
            .help("How long requests waited for a seat.")
            .classicOnly()
            .classicUpperBounds(BUCKETS)
            .labelNames(LEVEL, SCHEMA, "execute")
            .register(registry);
  }

  private static Gauge gauge(
      PrometheusRegistry registry, String name, String help, String... more) {
    String[] labels = more.length == 0 ? new String[] {LEVEL} : new String[] {LEVEL, more[0]};
    return Gauge.builder().name(PREFIX + name).help(help).labelNames(labels).register(registry);
  }

  Points of(Flow.Schema schema) {
    return new Points(schema);
  }

  void shares(List<SeatShares> divided, int seats) {
    for (SeatShares shares : divided) {
      nominal.labelValues(shares.name()).set(shares.nominal());
      least.labelValues(shares.name()).set(shares.least());
      most.labelValues(shares.name()).set(Math.min(shares.most(), seats));
    }
  }
}
