package dev.tiphys.apiserver;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.InstantSource;

/** How often a configuration file was read again, and with what success. Thread-safe. */
final class ReloadMetrics {

  private final Counter reloads;
  private final Gauge last;
  private final InstantSource clock;

  /**
   * Registers them.
   *
   * @param what as upstream's names say it: {@code authentication} or {@code authorization}
   */
  ReloadMetrics(String what, PrometheusRegistry registry, InstantSource clock) {
    String prefix = "apiserver_" + what + "_config_controller_automatic_reload";
    this.reloads =
        Counter.builder()
            .name(prefix + "s")
            .help("Times that the configuration was read again.")
            .labelNames("status")
            .register(registry);
    this.last =
        Gauge.builder()
            .name(prefix + "_last_timestamp_seconds")
            .help("When the configuration was read again last.")
            .labelNames("status")
            .register(registry);
    this.clock = clock;
  }

  /** Counts one. */
  void reloaded(boolean taken) {
    String status = taken ? "success" : "failure";
    reloads.labelValues(status).inc();
    last.labelValues(status).set(clock.instant().getEpochSecond());
  }
}
