package dev.tiphys.apiserver.audit;

import dev.tiphys.api.audit.v1.Event;
import dev.tiphys.apiserver.audit.AuditSink.SinkException;
import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.request.ApiCall;
import dev.tiphys.apiserver.request.ApiException;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the trails of requests, and brings their events to where they go. Thread-safe. */
public final class Auditor implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Auditor.class);

  private record Route(AuditSink sink, boolean strict) {}

  private final AuditPolicy policy;
  private final InstantSource clock;
  private final List<Route> routes = new CopyOnWriteArrayList<>();
  private final Counter events;
  private final Counter errors;
  private final Counter levels;
  private final Counter rejected;

  /** Audits by a policy, to nowhere yet. */
  public Auditor(AuditPolicy policy, InstantSource clock, PrometheusRegistry registry) {
    this.policy = policy;
    this.clock = clock;
    this.events =
        Counter.builder()
            .name("apiserver_audit_event")
            .help("Audit events made.")
            .register(registry);
    this.errors =
        Counter.builder()
            .name("apiserver_audit_error")
            .help("Audit events that were lost, by who lost them.")
            .labelNames("plugin")
            .register(registry);
    this.levels =
        Counter.builder()
            .name("apiserver_audit_level")
            .help("Requests by how much is told of them.")
            .labelNames("level")
            .register(registry);
    this.rejected =
        Counter.builder()
            .name("apiserver_audit_requests_rejected")
            .help("Requests that were refused because they could not be audited.")
            .register(registry);
  }

  /** Has events go to the log too. */
  public Auditor to(
      LogSink sink, Delivery delivery, LongSupplier nanoTime, ExecutorService threads) {
    return add(sink, delivery, true, nanoTime, threads);
  }

  /** Has events go to a webhook too. */
  public Auditor to(
      WebhookSink sink, Delivery delivery, LongSupplier nanoTime, ExecutorService threads) {
    return add(sink, delivery, false, nanoTime, threads);
  }

  private Auditor add(
      AuditSink sink,
      Delivery delivery,
      boolean ordered,
      LongSupplier nanoTime,
      ExecutorService threads) {
    AuditSink last =
        delivery.truncate() == null ? sink : new TruncatingSink(sink, delivery.truncate());
    AuditSink first =
        delivery.mode() == Delivery.Mode.BATCH
            ? new BatchedSink(last, delivery.batch(), ordered, this::lost, nanoTime, threads)
            : last;
    routes.add(new Route(first, delivery.mode() == Delivery.Mode.STRICT));
    return this;
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
    boolean strictly = true;
    for (Route route : routes) {
      try {
        route.sink().take(List.of(event));
      } catch (SinkException e) {
        lost(e);
        strictly &= !route.strict();
      }
    }
    if (!strictly && Stage.REQUEST_RECEIVED.text().equals(event.stage())) {
      rejected.inc();
      throw ApiException.internal("failed to store audit event", null);
    }
  }

  private void lost(SinkException failure) {
    errors.labelValues(failure.plugin()).inc(failure.events());
    log.error(
        "event=audit-events-lost plugin={} count={} message=\"{}\"",
        failure.plugin(),
        failure.events(),
        failure.getMessage());
  }

  @Override
  public void close() {
    routes.forEach(route -> route.sink().close());
  }
}
