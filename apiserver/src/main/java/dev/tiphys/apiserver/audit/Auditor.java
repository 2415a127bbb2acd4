package dev.tiphys.apiserver.audit;

import dev.tiphys.api.audit.v1.Event;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.request.ApiCall;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;

/** Opens the trails of requests. Thread-safe. */
public final class Auditor {

  private final AuditPolicy policy;
  private final AuditLog log;
  private final InstantSource clock;
  private final Counter events;
  private final Counter errors;
  private final Counter levels;

  /** Audits by a policy into a log. */
  public Auditor(
      AuditPolicy policy, AuditLog log, InstantSource clock, PrometheusRegistry registry) {
    this.policy = policy;
    this.log = log;
    this.clock = clock;
    this.events =
        Counter.builder()
            .name("apiserver_audit_event")
            .help("Audit events made.")
            .register(registry);
    this.errors =
        Counter.builder()
            .name("apiserver_audit_error")
            .help("Audit events that could not be written.")
            .labelNames("plugin")
            .register(registry);
    this.levels =
        Counter.builder()
            .name("apiserver_audit_level")
            .help("Requests by how much is told of them.")
            .labelNames("level")
            .register(registry);
  }

  /**
   * Begins the trail of a request.
   *
   * @param user who asks, before impersonation
   */
  public AuditTrail begin(ApiCall call, User user) {
    AuditPolicy.Decision decision = policy.decide(user, call.info());
    levels.labelValues(decision.level().text()).inc();
    return new AuditTrail(call, user, decision, clock, this::write);
  }

  private void write(Event event) {
    events.inc();
    byte[] json = JsonCodec.encodeToString(event).concat("\n").getBytes(StandardCharsets.UTF_8);
    if (!log.write(json)) {
      errors.labelValues("log").inc();
    }
  }
}
