package dev.tiphys.apiserver.authz.webhook;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;

/** What webhooks that authorize were asked, and what came of it. Thread-safe. */
public final class WebhookMetrics {

  private static final double[] SECONDS = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};

  private final Counter decisions;
  private final Counter evaluations;
  private final Counter failOpen;
  private final Histogram duration;
  private final Counter conditionErrors;
  private final Counter exclusions;

  /** Registers them. */
  public WebhookMetrics(PrometheusRegistry registry) {
    this.decisions =
        Counter.builder()
            .name("apiserver_authorization_decisions")
            .help("Decisions that ended the asking, by who made them.")
            .labelNames("type", "name", "decision")
            .register(registry);
    this.evaluations =
        Counter.builder()
            .name("apiserver_authorization_webhook_evaluations")
            .help("Calls of webhooks that authorize.")
            .labelNames("name", "result")
            .register(registry);
    this.failOpen =
        Counter.builder()
            .name("apiserver_authorization_webhook_evaluations_fail_open")
            .help("Calls of webhooks that failed and counted as no opinion.")
            .labelNames("name", "result")
            .register(registry);
    this.duration =
        Histogram.builder()
            .name("apiserver_authorization_webhook_duration_seconds")
            .help("How long webhooks that authorize took.")
            .labelNames("name", "result")
            .classicOnly()
            .classicUpperBounds(SECONDS)
            .register(registry);
    this.conditionErrors =
        Counter.builder()
            .name("apiserver_authorization_match_condition_evaluation_errors")
            .help("Conditions that could not be evaluated.")
            .labelNames("type", "name")
            .register(registry);
    this.exclusions =
        Counter.builder()
            .name("apiserver_authorization_match_condition_exclusions")
            .help("Requests that a webhook was not asked about by its conditions.")
            .labelNames("type", "name")
            .register(registry);
  }

  void called(String name, String result, Duration took) {
    evaluations.labelValues(name, result).inc();
    duration.labelValues(name, result).observe(took.toNanos() / 1e9);
  }

  void failedOpen(String name, String result) {
    failOpen.labelValues(name, result).inc();
  }

  void conditionFailed(String name) {
    conditionErrors.labelValues("Webhook", name).inc();
  }

  void excluded(String name) {
    exclusions.labelValues("Webhook", name).inc();
  }

  void decided(String type, String name, boolean allowed) {
    decisions.labelValues(type, name, allowed ? "allowed" : "denied").inc();
  }
}
