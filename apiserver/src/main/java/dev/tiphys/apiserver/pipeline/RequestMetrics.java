package dev.tiphys.apiserver.pipeline;

import dev.tiphys.apiserver.request.ApiCall;
import dev.tiphys.daemon.Metrics;
import io.prometheus.metrics.core.metrics.Counter;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts requests, under upstream's names. Thread-safe. */
public final class RequestMetrics {

  private final Counter total;
  private final AtomicInteger inFlight = new AtomicInteger();

  /** Registers the metrics. */
  public RequestMetrics(Metrics metrics) {
    this.total =
        Counter.builder()
            .name("apiserver_request")
            .help("Requests answered, by verb, resource and code.")
            .labelNames("verb", "group", "version", "resource", "subresource", "code")
            .register(metrics.registry());
    metrics.gauge(
        "apiserver_current_inflight_requests", "Requests being answered now.", inFlight::get);
  }

  /** A request under way. */
  interface Running extends AutoCloseable {
    @Override
    void close();
  }

  Running begin(ApiCall call) {
    boolean watch = call.info().verb().equals("watch");
    if (!watch) {
      inFlight.incrementAndGet();
    }
    return () -> {
      if (!watch) {
        inFlight.decrementAndGet();
      }
    };
  }

  void ended(ApiCall call, int code) {
    var info = call.info();
    total
        .labelValues(
            info.verb(),
            info.group(),
            info.version(),
            info.resource(),
            info.subresource(),
            Integer.toString(code))
        .inc();
  }
}
