package dev.tiphys.apiserver.fairness;

import dev.tiphys.api.Resources;
import dev.tiphys.api.flowcontrol.v1.FlowSchema;
import dev.tiphys.api.flowcontrol.v1.PriorityLevelConfiguration;
import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.http.Headers;
import dev.tiphys.apiserver.pipeline.FlowControl;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.request.Query;
import dev.tiphys.apiserver.request.RequestInfo;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.apiserver.resource.Mirror;
import dev.tiphys.apiserver.strategy.control.StandardFlows;
import dev.tiphys.daemon.Closers;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Flow control by FlowSchemas and PriorityLevelConfigurations as they are in the store; until they
 * have been read, and where they lack something, by those that every cluster has. Thread-safe.
 */
public final class PriorityAndFairness implements FlowControl, AutoCloseable {

  private static final String SCHEMA_HEADER = "X-Kubernetes-PF-FlowSchema-UID";
  private static final String LEVEL_HEADER = "X-Kubernetes-PF-PriorityLevel-UID";

  private record Known(FlowMetrics.Points points, Headers headers) {}

  /** Schemas and levels at one moment. */
  private record Rules(FlowClassifier classifier, Map<Flow.Schema, Known> known) {}

  private final Closers parts = new Closers();
  private final int seats;
  private final Duration patience;
  private final LongSupplier nanos;
  private final FlowMetrics metrics;
  private final FairSeats fair;
  private final ListWidth widths;
  private final Mirror<FlowSchema> schemas;
  private final Mirror<PriorityLevelConfiguration> levels;
  private final FlowStatus status;
  private volatile Rules rules;

  /**
   * Begins with what every cluster has, and follows what is in the store.
   *
   * @param seats of the whole server, positive
   * @param patience how long a request waits for one
   * @param nanos time that passes
   */
  public PriorityAndFairness(
      Endpoints endpoints,
      int seats,
      Duration patience,
      PrometheusRegistry registry,
      FlowStatus status,
      LongSupplier nanos) {
    this.seats = seats;
    this.patience = patience;
    this.nanos = nanos;
    this.metrics = new FlowMetrics(registry);
    this.fair = new FairSeats(nanos);
    this.widths = new ListWidth(endpoints, nanos);
    this.status = status;
    this.rules = compiled(StandardFlows.schemas(), StandardFlows.levels());
    this.schemas =
        parts.add(
            Mirror.start(
                Resources.FLOW_SCHEMAS,
                endpoints.of(Resources.FLOW_SCHEMAS).store(),
                this::changed));
    this.levels =
        parts.add(
            Mirror.start(
                Resources.PRIORITY_LEVEL_CONFIGURATIONS,
                endpoints.of(Resources.PRIORITY_LEVEL_CONFIGURATIONS).store(),
                this::changed));
    changed();
  }

  /** Whether the objects of the store have been read once. */
  public boolean filled() {
    return schemas.filled() && levels.filled();
  }

  private synchronized void changed() {
    Mirror<FlowSchema> flows = schemas;
    Mirror<PriorityLevelConfiguration> priorities = levels;
    // The first mirror may report before the second one is there, or before it has read anything.
    if (flows == null
        || priorities == null
        || flows.all().isEmpty()
        || priorities.all().isEmpty()) {
      return;
    }
    rules = compiled(flows.all(), priorities.all());
    status.look(flows.all(), priorities.all());
  }

  private Rules compiled(List<FlowSchema> flows, List<PriorityLevelConfiguration> priorities) {
    List<PriorityLevelConfiguration> allLevels = new ArrayList<>(priorities);
    StandardFlows.mandatoryLevels().stream()
        .filter(level -> !has(priorities, level))
        .forEach(allLevels::add);
    List<FlowSchema> allFlows = new ArrayList<>(flows);
    StandardFlows.mandatorySchemas().stream()
        .filter(schema -> flows.stream().noneMatch(flow -> sameName(flow, schema)))
        .forEach(allFlows::add);
    List<SeatShares> divided = SeatShares.divide(seats, allLevels);
    fair.configure(divided);
    metrics.shares(divided, seats);
    FlowClassifier classifier = FlowClassifier.of(allFlows, allLevels);
    Map<Flow.Schema, Known> known = new HashMap<>();
    for (Flow.Schema schema : classifier.schemas()) {
      known.put(
          schema,
          new Known(
              metrics.of(schema),
              schema.uid().isEmpty() || schema.levelUid().isEmpty()
                  ? Headers.EMPTY
                  : Headers.of(SCHEMA_HEADER, schema.uid(), LEVEL_HEADER, schema.levelUid())));
    }
    return new Rules(classifier, known);
  }

  private static boolean has(
      List<PriorityLevelConfiguration> levels, PriorityLevelConfiguration wanted) {
    return levels.stream()
        .anyMatch(
            level -> String.valueOf(level.metadata().name()).equals(wanted.metadata().name()));
  }

  private static boolean sameName(FlowSchema one, FlowSchema other) {
    return String.valueOf(one.metadata().name()).equals(other.metadata().name());
  }

  @Override
  public Ticket ticket(User user, RequestInfo request, Query query) {
    if (request.longRunning() && !request.verb().equals("watch")) {
      return Ticket.FREE;
    }
    Rules now = rules;
    Flow flow = now.classifier().classify(user, request);
    Known known = flow == null ? null : now.known().get(flow.schema());
    if (flow == null || known == null) {
      return Ticket.FREE;
    }
    int width = widths.of(request, query, fair.widest(flow.schema().level()));
    return new FlowTicket(flow, known, width);
  }

  /** A request sorted into a flow. */
  private final class FlowTicket implements Ticket {
    private final Flow flow;
    private final Known known;
    private final int width;

    FlowTicket(Flow flow, Known known, int width) {
      this.flow = flow;
      this.known = known;
      this.width = width;
    }

    @Override
    public Headers headers() {
      return known.headers();
    }

    @Override
    public Seat enter() {
      FlowMetrics.Points points = known.points();
      long from = nanos.getAsLong();
      points.waiting.inc();
      FairSeats.@Nullable Seat taken;
      try {
        taken = fair.acquire(flow.schema().level(), flow.hash(), width, patience);
      } catch (FairSeats.RefusedException e) {
        points.refused(e.why());
        points.waitedInVain.observe(seconds(nanos.getAsLong() - from));
        throw FlowControl.refused();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw ApiException.unavailable("the server is stopping");
      } finally {
        points.waiting.dec();
      }
      points.waited.observe(seconds(nanos.getAsLong() - from));
      points.dispatched.inc();
      points.executing.inc();
      return new Taken(taken, points);
    }
  }

  private static double seconds(long nanos) {
    return nanos / (double) Duration.ofSeconds(1).toNanos();
  }

  private final class Taken implements Seat {
    private final FairSeats.@Nullable Seat seat;
    private final FlowMetrics.Points points;
    private final AtomicBoolean given = new AtomicBoolean();

    Taken(FairSeats.@Nullable Seat seat, FlowMetrics.Points points) {
      this.seat = seat;
      this.points = points;
    }

    @Override
    public void close() {
      if (given.compareAndSet(false, true)) {
        points.executing.dec();
        if (seat != null) {
          fair.release(seat);
        }
      }
    }
  }

  @Override
  public void close() {
    parts.close();
    status.close();
  }
}
