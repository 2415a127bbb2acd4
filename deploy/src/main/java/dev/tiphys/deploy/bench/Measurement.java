package dev.tiphys.deploy.bench;

import dev.tiphys.deploy.bench.BenchApiServer.Part;
import dev.tiphys.deploy.bench.LoadGenerator.Load;
import dev.tiphys.deploy.bench.LoadGenerator.Shape;
import dev.tiphys.deploy.machine.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The rows of the table, in the order in which each leaves behind what the next one needs. The
 * figures of the Go server were measured once with etcd 3.5 on a machine of two shared cores.
 */
final class Measurement {

  private static final int LISTED_PODS = 9000;
  private static final int STORED_PODS = 10_000;
  private static final int DAEMONS = 6;
  private static final int PAGE = 50;
  private static final int WARM_UP_ROUNDS = 2;
  private static final int WARM_UP = 30_000;
  private static final int WARM_UP_STEP = 3000;
  private static final Duration REST = Duration.ofSeconds(15);

  /** How much is measured. */
  record Size(double scale, WatchFanOut.Shape watches) {}

  private final Target target;
  private final Playground playground;
  private final String token;
  private final LoadGenerator load;
  private final Report report;
  private final Size size;
  private final @Nullable ServerProcess process;

  Measurement(Target target, Playground playground, LoadGenerator load, Report report, Size size) {
    this.target = target;
    this.playground = playground;
    this.token = playground.token();
    this.load = load;
    this.report = report;
    this.size = size;
    this.process = ServerProcess.of(target.server(), target.port()).orElse(null);
  }

  void run(List<Part> parts) {
    report.head(
        target.must("GET", "/version", "").get("gitVersion").text() + " at " + target.server(),
        Runtime.getRuntime().availableProcessors()
            + " processors"
            + (process == null ? "; the server is elsewhere" : memoryNow(process)));
    if (parts.contains(Part.write)) {
      writes();
    }
    if (parts.contains(Part.get) || parts.contains(Part.list) || parts.contains(Part.memory)) {
      fill(LISTED_PODS);
    }
    if (parts.contains(Part.get)) {
      get();
    }
    if (parts.contains(Part.list)) {
      lists();
    }
    if (parts.contains(Part.watch)) {
      watches();
    }
    if (parts.contains(Part.memory)) {
      memory();
    }
  }

  private static String memoryNow(ServerProcess process) {
    return "; the server's memory before: " + Report.mebibytes(process.memory());
  }

  private int scaled(int requests) {
    return Math.max(1, (int) (requests * size.scale()));
  }

  private void writes() {
    Path map = load.body("configmap.json", Playground.configMap());
    URI maps = target.at(Playground.collection(playground.writes(), "configmaps"));
    warmUp(maps, map);
    Load alone = row("POST ConfigMap, 1 in flight", 1, 1500, maps, map, "1,160 /s", "580 /s");
    report.row("    the 99th of a hundred", Report.millis(alone.p99()), "", "", "");
    row("POST ConfigMap, 16 in flight", 16, 6000, maps, map, "3,320 /s", "1,660 /s");
    row("POST ConfigMap, 64 in flight", 64, 10_000, maps, map, "4,400 /s", "2,200 /s");
    Path pod = load.body("pod.json", Playground.pod());
    URI pods = target.at(Playground.collection(playground.writes(), "pods"));
    warmUp(pods, pod);
    row("POST Pod, 16 in flight", 16, 3000, pods, pod, "1,940 /s", "970 /s");
    row("POST Pod, 64 in flight", 64, 4000, pods, pod, "2,240 /s", "1,120 /s");
    // What is measured next is measured with the objects that it says.
    playground.emptyWrites();
    rest(Limits.SETTLING);
  }

  private static void rest(Duration time) {
    try {
      TimeUnit.NANOSECONDS.sleep(time.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchFailure("interrupted");
    }
  }

  /**
   * Requests that do not count, as many as a server that is optimized while it runs needs, however
   * few are measured then; fewer for one that is slow. What they made is gone when it is measured.
   */
  private void warmUp(URI at, Path body) {
    for (int round = 0; round < WARM_UP_ROUNDS; round++) {
      long end = System.nanoTime() + Limits.WARM_UP.toNanos();
      for (int done = 0; done < WARM_UP && System.nanoTime() < end; done += WARM_UP_STEP) {
        load(Shape.inFlight(64, WARM_UP_STEP), List.of(at), body);
      }
      playground.emptyWrites();
    }
    rest(Limits.SETTLING);
  }

  private Load row(
      String work, int atOnce, int requests, URI at, @Nullable Path body, String aim, String go) {
    return row(work, Shape.inFlight(atOnce, scaled(requests)), List.of(at), body, aim, go);
  }

  private Load row(
      String work, Shape shape, List<URI> targets, @Nullable Path body, String aim, String go) {
    Duration before = process == null ? Duration.ZERO : process.cpu();
    Load done = load(shape, targets, body);
    String cost =
        process == null
            ? ""
            : String.format(
                Locale.ROOT,
                "  cpu %.3f ms each",
                process.cpu().minus(before).toNanos() / 1e6 / shape.requests());
    report.row(
        work,
        Report.rate(done.perSecond()),
        aim,
        go,
        "p50 " + Report.millis(done.p50()) + "  p99 " + Report.millis(done.p99()) + cost);
    return done;
  }

  private Load load(Shape shape, List<URI> targets, @Nullable Path body) {
    Load done = load.run(shape, targets, body);
    if (done.failed() * 100 > shape.requests()) {
      throw new BenchFailure(done.failed() + " of " + shape.requests() + " requests failed");
    }
    return done;
  }

  /** Sees to it that there are so many Pods to list. */
  private void fill(int wanted) {
    int there = count(playground.pods());
    if (there < wanted) {
      load(
          Shape.inFlight(16, wanted - there),
          List.of(target.at(Playground.collection(playground.pods(), "pods"))),
          load.body("pod.json", Playground.pod()));
    }
  }

  private int count(String namespace) {
    Json list = target.must("GET", Playground.collection(namespace, "pods") + "?limit=1", "");
    String more = list.get("metadata").get("remainingItemCount").text();
    return list.get("items").items().size() + (more.isEmpty() ? 0 : Integer.parseInt(more));
  }

  private void get() {
    String pods = Playground.collection(playground.pods(), "pods");
    Json some = target.must("GET", pods + "?limit=100", "");
    List<URI> each =
        some.get("items").items().stream()
            .map(item -> target.at(pods + "/" + item.get("metadata").get("name").text()))
            .toList();
    Shape shape = Shape.inFlight(64, scaled(60_000));
    load(Shape.inFlight(64, scaled(30_000)), each, null);
    row("GET a Pod, 64 in flight", shape, each, null, "12,960 /s", "4,320 /s");
  }

  private void lists() {
    String pods = Playground.collection(playground.pods(), "pods");
    URI all = target.at(pods);
    load(new Shape(scaled(40), 4, 1), List.of(all), null);
    long before = process == null ? 0 : process.memory();
    if (process == null) {
      row(
          "GET 9,000 Pods, 4 in flight",
          new Shape(scaled(100), 4, 1),
          List.of(all),
          null,
          "47 /s",
          "4.7 /s");
    } else {
      long most =
          process
              .peakDuring(() ->
                  row(
                      "GET 9,000 Pods, 4 in flight",
                      new Shape(scaled(100), 4, 1),
                      List.of(all),
                      null,
                      "47 /s",
                      "4.7 /s"))
              .bytes();
      report.row(
          "    its memory rises by",
          Report.mebibytes(most - before),
          "50 MiB",
          "1000 MiB",
          "to " + Report.mebibytes(most));
    }
    Load alone = load(new Shape(scaled(10), 1, 1), List.of(all), null);
    report.row("GET 9,000 Pods, alone", Report.millis(alone.p50()), "40 ms", "400 ms", "");
    Json first = target.must("GET", pods + "?limit=" + PAGE, "");
    String next =
        URLEncoder.encode(first.get("metadata").get("continue").text(), StandardCharsets.UTF_8);
    List<URI> pages =
        List.of(
            target.at(pods + "?limit=" + PAGE),
            target.at(pods + "?limit=" + PAGE + "&continue=" + next));
    load(Shape.inFlight(16, scaled(3000)), pages, null);
    row(
        "pages of 50 Pods, 16 in flight",
        Shape.inFlight(16, scaled(6000)),
        pages,
        null,
        "2,525 /s",
        "505 /s");
  }

  private void watches() {
    WatchFanOut.Outcome outcome =
        new WatchFanOut(target, token, process, size.watches()).run(playground.watches());
    report.row(
        String.format(
            Locale.ROOT,
            "%,d watchers, %d events/s, all have it",
            size.watches().watchers(),
            size.watches().perSecond()),
        "p99 " + Report.millis(outcome.p99()),
        "100 ms",
        "",
        String.format(
            Locale.ROOT,
            "p50 %s  %s delivered  %d lost  %d connections",
            Report.millis(outcome.p50()),
            Report.rate(outcome.perSecond()),
            outcome.lost(),
            size.watches().connections()));
    if (outcome.cores() >= 0) {
      report.row(
          "    cores of the server",
          String.format(Locale.ROOT, "%.2f", outcome.cores()),
          "0.50",
          "",
          "");
    }
  }

  /** Ten thousand Pods, and an informer of them in each daemon. */
  private void memory() {
    fill(STORED_PODS);
    if (process == null) {
      return;
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<WatchConnection> informers = new ArrayList<>();
      CountDownLatch begun = new CountDownLatch(DAEMONS);
      try {
        for (int i = 0; i < DAEMONS; i++) {
          informers.add(informer(threads, begun));
        }
        if (!begun.await(Limits.WATCHES_BEGIN.toSeconds(), TimeUnit.SECONDS)) {
          throw new BenchFailure("an informer did not begin");
        }
        rest(REST);
        report.row(
            "memory with 10,000 Pods and 6 informers",
            Report.mebibytes(process.memory()),
            "350 MiB",
            "",
            "after " + REST.toSeconds() + " s of rest");
      } finally {
        // Their readers end with them, and the threads are waited for.
        informers.forEach(Measurement::close);
      }
    } catch (IOException e) {
      throw new BenchFailure("an informer cannot begin", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchFailure("interrupted");
    }
  }

  private WatchConnection informer(ExecutorService threads, CountDownLatch begun)
      throws IOException {
    WatchConnection connection = new WatchConnection(target);
    connection.request(
        target,
        token,
        Playground.collection(playground.pods(), "pods") + "?watch=true&allowWatchBookmarks=true");
    threads.execute(() -> {
      try {
        connection.read(
            new WatchConnection.Listener() {
              @Override
              public void begun(int watch) {
                begun.countDown();
              }

              @Override
              public void data(int watch, byte[] bytes, int offset, int length) {
                // An informer would keep it; here only the server's side counts.
              }
            });
      } catch (IOException e) {
        close(connection);
      }
    });
    return connection;
  }

  private static void close(WatchConnection connection) {
    try {
      connection.close();
    } catch (IOException e) {
      throw new BenchFailure("a connection cannot be closed", e);
    }
  }
}
