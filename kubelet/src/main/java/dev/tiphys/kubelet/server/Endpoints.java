package dev.tiphys.kubelet.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodList;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.cri.CriException;
import dev.tiphys.daemon.HealthChecks;
import dev.tiphys.daemon.Metrics;
import dev.tiphys.kubelet.logs.LogReader;
import dev.tiphys.kubelet.runtime.ContainerPhase;
import dev.tiphys.kubelet.runtime.ContainerRuntime;
import dev.tiphys.kubelet.runtime.PodSummary;
import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the kubelet answers, path by path, to callers who have been let in. Thread-safe.
 *
 * <p>Paths: {@code /healthz}, {@code /pods}, {@code /runningpods/}, {@code /containerLogs/…},
 * {@code /exec/…}, {@code /attach/…}, {@code /portForward/…}, {@code /run/…}, {@code /metrics},
 * {@code /metrics/resource}, {@code /stats/summary}.
 */
public final class Endpoints {
  private static final Logger log = LoggerFactory.getLogger(Endpoints.class);
  private static final String JSON = "application/json";
  private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";

  private final String nodeName;
  private final NodePods pods;
  private final ContainerRuntime runtime;
  private final HealthChecks health;
  private final Metrics metrics;
  private final InstantSource clock;
  private final LogEndpoint logs;
  private final StreamEndpoints streams;

  /** What is answered about the node of that name. */
  public Endpoints(
      String nodeName,
      NodePods pods,
      ContainerRuntime runtime,
      LogReader logReader,
      HealthChecks health,
      Metrics metrics,
      InstantSource clock) {
    this.nodeName = nodeName;
    this.pods = pods;
    this.runtime = runtime;
    this.health = health;
    this.metrics = metrics;
    this.clock = clock;
    PodLookup lookup = new PodLookup(pods, runtime);
    this.logs = new LogEndpoint(runtime, lookup, logReader, clock);
    this.streams = new StreamEndpoints(runtime, lookup);
  }

  void serve(Exchange exchange) {
    try {
      try {
        route(exchange);
      } catch (HttpProblem e) {
        fail(exchange, e.status(), e.getMessage());
      } catch (CriException e) {
        fail(exchange, e.isNotFound() ? 404 : 500, e.getMessage());
      }
    } catch (IOException e) {
      // Mostly a client that went away in the middle; a log or /proc that failed closes it too.
      log.debug("event=answer-broken-off path={}", exchange.path(), e);
      exchange.channel().close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      exchange.channel().close();
    } catch (RuntimeException e) {
      log.error("event=request-failed path={}", exchange.path(), e);
      exchange.channel().close();
    }
  }

  private static void fail(Exchange exchange, int status, @Nullable String message)
      throws IOException, InterruptedException {
    if (exchange.isAnswered()) {
      exchange.channel().close(); // Cut off, so that what was sent does not look whole.
    } else {
      exchange.text(status, message + "\n");
    }
  }

  private void route(Exchange exchange) throws HttpProblem, IOException, InterruptedException {
    List<String> path = List.of(exchange.path().replaceAll("^/+|/+$", "").split("/"));
    switch (path.getFirst()) {
      case "healthz" -> {
        HealthChecks.Outcome outcome = health.run("healthz", exchange.parameters("exclude"));
        exchange.text(outcome.healthy() ? 200 : 500, outcome.healthy() ? "ok" : outcome.report());
      }
      case "pods" ->
          exchange.answer(
              200, JSON, JsonCodec.encode(PodList.builder().items(pods.pods()).build()));
      case "runningpods" -> exchange.answer(200, JSON, runningPods());
      case "metrics" -> metrics(exchange, path);
      case "stats" -> {
        require(path.size() == 1 || path.equals(List.of("stats", "summary")));
        exchange.answer(
            200,
            JSON,
            UseReports.summary(nodeName, NodeUse.read(), runtime.use(), clock.instant()));
      }
      case "containerLogs" -> {
        require(path.size() == 4 && exchange.method().equals(HttpMethod.GET));
        logs.serve(exchange, path.get(1), path.get(2), path.get(3));
      }
      case "exec", "attach", "run" -> command(exchange, path);
      case "portForward" -> {
        require(path.size() == 3 || path.size() == 4); // The fourth is the pod's uid.
        streams.portForward(exchange, path.get(1), path.get(2));
      }
      default -> require(false);
    }
  }

  private void command(Exchange exchange, List<String> path)
      throws HttpProblem, IOException, InterruptedException {
    require(path.size() == 4 || path.size() == 5); // The fourth of five is the pod's uid.
    switch (path.getFirst()) {
      case "exec" -> streams.exec(exchange, path.get(1), path.get(2), path.getLast());
      case "attach" -> streams.attach(exchange, path.get(1), path.get(2), path.getLast());
      default -> streams.run(exchange, path.get(1), path.get(2), path.getLast());
    }
  }

  private void metrics(Exchange exchange, List<String> path)
      throws HttpProblem, IOException, InterruptedException {
    if (path.size() == 1) {
      exchange.answer(200, METRICS, metrics.toText());
      return;
    }
    require(path.equals(List.of("metrics", "resource")));
    String text = UseReports.resourceMetrics(NodeUse.read(), runtime.use(), clock.instant());
    exchange.answer(200, METRICS, text.getBytes(UTF_8));
  }

  private byte[] runningPods() {
    List<Pod> running =
        runtime.pods().stream().filter(PodSummary::isRunning).map(Endpoints::asPod).toList();
    return JsonCodec.encode(PodList.builder().items(running).build());
  }

  private static Pod asPod(PodSummary summary) {
    return Pod.builder()
        .metadata(
            ObjectMeta.builder()
                .namespace(summary.pod().namespace())
                .name(summary.pod().name())
                .uid(summary.pod().uid())
                .build())
        .spec(
            PodSpec.builder()
                .containers(
                    summary.containers().stream()
                        .filter(container -> container.phase() == ContainerPhase.RUNNING)
                        .map(container -> Container.builder().name(container.name()).build())
                        .toList())
                .build())
        .build();
  }

  private static void require(boolean known) throws HttpProblem {
    if (!known) {
      throw new HttpProblem(404, "404 page not found");
    }
  }
}
