package dev.tiphys.apiserver.storage;

import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.Map;
import java.util.function.Supplier;

/** What operators see of storage, under upstream's names. Thread-safe. */
final class StoreMetrics {

  private final Histogram requests =
      Histogram.builder()
          .name("etcd_request_duration_seconds")
          .help("Time that a call to the store took, by operation.")
          .labelNames("operation")
          .classicOnly()
          .build();

  /** Measures nothing until it is registered somewhere; measuring costs next to nothing. */
  StoreMetrics() {}

  /** Shows the figures. */
  void register(PrometheusRegistry registry, Supplier<Map<String, Integer>> objects) {
    registry.register(requests);
    GaugeWithCallback.builder()
        .name("apiserver_storage_objects")
        .help("Objects stored at the time of the last change seen, by resource.")
        .labelNames("resource")
        .callback(
            callback -> objects.get().forEach((resource, count) -> callback.call(count, resource)))
        .register(registry);
  }

  /** Counts a call in. */
  void called(String operation, long nanos) {
    requests.labelValues(operation).observe(Unit.nanosToSeconds(nanos));
  }
}
