package dev.tiphys.deploy.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Very many watchers of one resource, and a writer at a steady pace. */
final class WatchFanOut {

  /**
   * How much.
   *
   * @param watchers of all objects of the namespace
   * @param connections over which they watch
   * @param perSecond events
   * @param seconds for which events are made
   */
  record Shape(int watchers, int connections, int perSecond, int seconds) {}

  /**
   * What came of it.
   *
   * @param p50 from before the write until the last watcher had the event: half took less
   * @param p99 of a hundred events 99 took less
   * @param lost events that did not reach everybody
   * @param cores of the server that were busy with it; -1 if it is not on this machine
   */
  record Outcome(Duration p50, Duration p99, long lost, double perSecond, double cores) {}

  private static final int OBJECTS = 20;
  private static final int WRITES_AT_ONCE = 32;

  private final Target target;
  private final String token;
  private final @Nullable ServerProcess process;
  private final Shape shape;
  private final AtomicReference<@Nullable RuntimeException> broken = new AtomicReference<>();

  WatchFanOut(Target target, String token, @Nullable ServerProcess process, Shape shape) {
    this.target = target;
    this.token = token;
    this.process = process;
    this.shape = shape;
  }

  Outcome run(String namespace) {
    String collection = "/api/v1/namespaces/" + namespace + "/configmaps";
    for (int i = 0; i < OBJECTS; i++) {
      target.must("POST", collection, object(i, "none"));
    }
    String version =
        target
            .must("GET", collection + "?limit=1", "")
            .get("metadata")
            .get("resourceVersion")
            .text();
    int events = warmUp() + shape.perSecond() * shape.seconds();
    Arrivals arrivals = new Arrivals(events, shape.watchers());
    CountDownLatch begun = new CountDownLatch(shape.watchers());
    List<WatchConnection> connections = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      try {
        for (int i = 0; i < shape.connections(); i++) {
          int watches = (shape.watchers() + i) / shape.connections();
          connections.add(
              watch(
                  threads,
                  arrivals,
                  begun,
                  watches,
                  collection + "?watch=true&resourceVersion=" + version));
        }
        if (!begun.await(Limits.WATCHES_BEGIN.toSeconds(), TimeUnit.SECONDS)) {
          throw new BenchFailure(begun.getCount() + " watches did not begin");
        }
        return measure(threads, collection, arrivals, events);
      } catch (IOException e) {
        throw new BenchFailure("a watch cannot begin", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new BenchFailure("interrupted");
      } finally {
        connections.forEach(WatchFanOut::close);
      }
    }
  }

  private WatchConnection watch(
      ExecutorService threads, Arrivals arrivals, CountDownLatch begun, int watches, String path)
      throws IOException {
    WatchConnection connection = new WatchConnection(target);
    for (int i = 0; i < watches; i++) {
      connection.request(target, token, path);
    }
    Arrivals.Scan[] scans = new Arrivals.Scan[watches];
    for (int i = 0; i < watches; i++) {
      scans[i] = arrivals.scan();
    }
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
                scans[watch].take(bytes, offset, length);
              }
            });
      } catch (BenchFailure e) {
        broken.compareAndSet(null, e);
      } catch (IOException e) {
        // Closed at the end; a connection that broke before shows as lost events.
        close(connection);
      }
    });
    return connection;
  }

  private static void close(WatchConnection connection) {
    try {
      connection.close();
    } catch (IOException e) {
      throw new BenchFailure("a watch cannot be ended", e);
    }
  }

  private Outcome measure(ExecutorService threads, String collection, Arrivals arrivals, int events)
      throws InterruptedException {
    int first = warmUp();
    write(threads, collection, arrivals, 0, first);
    boolean _ = arrivals.awaitBefore(first, Limits.WATCHES_END);
    long receivedBefore = arrivals.received();
    Duration before = process == null ? Duration.ZERO : process.cpu();
    long start = System.nanoTime();
    write(threads, collection, arrivals, first, events);
    boolean _ = arrivals.awaitBefore(events, Limits.WATCHES_END);
    long took = System.nanoTime() - start;
    RuntimeException failure = broken.get();
    if (failure != null) {
      throw failure;
    }
    double cores = process == null ? -1 : (process.cpu().minus(before).toNanos() / (double) took);
    return new Outcome(
        arrivals.quantile(0.5, first),
        arrivals.quantile(0.99, first),
        arrivals.lost(),
        (arrivals.received() - receivedBefore) * 1e9 / took,
        cores);
  }

  /** How many events are made before those that count. */
  private int warmUp() {
    return shape.perSecond() * (int) Limits.WATCHES_WARM_UP.toSeconds();
  }

  /** Makes events from one up to another at the pace that was asked for. */
  private void write(
      ExecutorService threads, String collection, Arrivals arrivals, int from, int to)
      throws InterruptedException {
    long start = System.nanoTime();
    long step = TimeUnit.SECONDS.toNanos(1) / shape.perSecond();
    Semaphore room = new Semaphore(WRITES_AT_ONCE);
    for (int i = from; i < to; i++) {
      long due = start + (i - from) * step;
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      room.acquire();
      int event = i;
      threads.execute(() -> {
        try {
          arrivals.sending(event);
          write(collection, event);
        } finally {
          room.release();
        }
      });
    }
  }

  private void write(String collection, int event) {
    try {
      int object = event % OBJECTS;
      target.must("PUT", collection + "/fan-out-" + object, object(object, Arrivals.number(event)));
    } catch (BenchFailure e) {
      broken.compareAndSet(null, e);
    }
  }

  /** About as large as what daemons watch most: leases and endpoint slices. */
  private static String object(int number, String sent) {
    return """
    {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"fan-out-%d"},
     "data":{"sent":"%s","text":"%s"}}
    """
        .formatted(number, sent, "x".repeat(200));
  }
}
