package dev.tiphys.apiserver.pipeline;

import dev.tiphys.apiserver.request.ApiCall;
import dev.tiphys.apiserver.request.Deprecation;
import dev.tiphys.apiserver.request.RequestInfo;
import dev.tiphys.daemon.Metrics;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/** Counts and times requests, under upstream's names. Thread-safe. */
public final class RequestMetrics {

  /** Upstream's, so that dashboards fit. */
  private static final double[] BUCKETS = {
    0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45,
    60
  };

  private static final String COMPONENT = "apiserver";
  private static final double NANOS_PER_SECOND = 1e9;

  private final Counter total;
  private final Histogram seconds;
  private final Gauge inFlight;
  private final Gauge longRunning;
  private final Gauge deprecated;
  private final Predicate<RequestInfo> served;
  private final LongSupplier nanos;
  private final Map<Key, Points> points = new ConcurrentHashMap<>();

  /** What requests are told apart by. */
  private record Key(
      String verb,
      String dryRun,
      String group,
      String version,
      String resource,
      String subresource,
      String scope,
      int code) {}

  private record Points(CounterDataPoint count, DistributionDataPoint time) {}

  /**
   * Registers the metrics.
   *
   * @param served whether a request is for a resource that there is: names that clients make up are
   *     no labels
   * @param nanos time that passes
   */
  public RequestMetrics(Metrics metrics, Predicate<RequestInfo> served, LongSupplier nanos) {
    this.served = served;
    this.nanos = nanos;
    this.total =
        Counter.builder()
            .name("apiserver_request")
            .help("Requests answered, by what they ask for and the code of the answer.")
            .labelNames(
                "verb",
                "dry_run",
                "group",
                "version",
                "resource",
                "subresource",
                "scope",
                "component",
                "code")
            .register(metrics.registry());
    this.seconds =
        Histogram.builder()
            .name("apiserver_request_duration_seconds")
            .help("How long requests took that do not go on for as long as the client likes.")
            .classicOnly()
            .classicUpperBounds(BUCKETS)
            .labelNames(
                "verb",
                "dry_run",
                "group",
                "version",
                "resource",
                "subresource",
                "scope",
                "component")
            .register(metrics.registry());
    this.inFlight =
        Gauge.builder()
            .name("apiserver_current_inflight_requests")
            .help("Requests being answered now, those that write apart from others.")
            .labelNames("request_kind")
            .register(metrics.registry());
    this.longRunning =
        Gauge.builder()
            .name("apiserver_longrunning_requests")
            .help("Requests under way that go on for long, watches above all.")
            .labelNames("verb", "group", "version", "resource", "subresource", "scope", "component")
            .register(metrics.registry());
    this.deprecated =
        Gauge.builder()
            .name("apiserver_requested_deprecated_apis")
            .help("1 for what was asked for although it is given up.")
            .labelNames("group", "version", "resource", "subresource", "removed_release")
            .register(metrics.registry());
  }

  /** A request under way. For one thread. */
  final class Running {

    private final ApiCall call;
    private final long begun = nanos.getAsLong();

    private Running(ApiCall call) {
      this.call = call;
      count(1);
    }

    private void count(int change) {
      RequestInfo info = call.info();
      if (!info.longRunning()) {
        inFlight.labelValues(info.mutating() ? "mutating" : "readOnly").inc(change);
      } else if (served.test(info)) {
        longRunning
            .labelValues(
                verb(call),
                info.group(),
                info.version(),
                info.resource(),
                info.subresource(),
                scope(info),
                COMPONENT)
            .inc(change);
      }
    }

    /** Counts it as answered. */
    void ended(int code) {
      count(-1);
      Deprecation deprecation = call.deprecation();
      if (deprecation != null) {
        RequestInfo info = call.info();
        deprecated
            .labelValues(
                info.group(),
                info.version(),
                info.resource(),
                info.subresource(),
                deprecation.removedRelease())
            .set(1);
      }
      Points found = points.computeIfAbsent(key(call, code), RequestMetrics.this::register);
      found.count().inc();
      if (!call.info().longRunning()) {
        found.time().observe((nanos.getAsLong() - begun) / NANOS_PER_SECOND);
      }
    }
  }

  /** Begins to time a request. */
  Running begin(ApiCall call) {
    return new Running(call);
  }

  private Key key(ApiCall call, int code) {
    RequestInfo info = call.info();
    String dryRun = call.query().first("dryRun").equals("All") ? "All" : "";
    return served.test(info)
        ? new Key(
            verb(call),
            dryRun,
            info.group(),
            info.version(),
            info.resource(),
            info.subresource(),
            scope(info),
            code)
        : new Key(verb(call), "", "", "", "", "", "", code);
  }

  private Points register(Key key) {
    return new Points(
        total.labelValues(
            key.verb(),
            key.dryRun(),
            key.group(),
            key.version(),
            key.resource(),
            key.subresource(),
            key.scope(),
            COMPONENT,
            Integer.toString(key.code())),
        seconds.labelValues(
            key.verb(),
            key.dryRun(),
            key.group(),
            key.version(),
            key.resource(),
            key.subresource(),
            key.scope(),
            COMPONENT));
  }

  /** The verb as upstream's metrics spell it. */
  private static String verb(ApiCall call) {
    return switch (call.info().verb()) {
      case "list" -> "LIST";
      case "watch" -> "WATCH";
      case "create", "post" -> "POST";
      case "update", "put" -> "PUT";
      case "patch" -> call.contentType().startsWith("application/apply-patch") ? "APPLY" : "PATCH";
      case "delete" -> "DELETE";
      case "deletecollection" -> "DELETECOLLECTION";
      case "get", "head" -> "GET";
      default -> "other";
    };
  }

  private static String scope(RequestInfo info) {
    if (!info.name().isEmpty() || info.verb().equals("create")) {
      return "resource";
    }
    return info.namespace().isEmpty() ? "cluster" : "namespace";
  }
}
