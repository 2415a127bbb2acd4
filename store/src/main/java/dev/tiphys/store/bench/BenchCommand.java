package dev.tiphys.store.bench;

import com.google.protobuf.ByteString;
import dev.tiphys.store.rpc.DeleteRangeRequest;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.PutRequest;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tiphys bench store}: measures a store and prints a table. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measures any store that speaks the etcd v3 API. Writes below --prefix.")
public final class BenchCommand implements Callable<Integer> {
  private static final int KEYS = 1000;
  private static final List<String> LIFE =
      List.of(LifeBench.MEMORY, LifeBench.RESTART, LifeBench.FAILOVER);
  static final Duration CALL = Duration.ofSeconds(30);

  @Option(
      names = "--endpoints",
      split = ",",
      defaultValue = "127.0.0.1:2379",
      description = "The members, HOST:PORT. Default: ${DEFAULT-VALUE}.")
  private List<String> endpoints = List.of();

  @Option(names = "--cacert", description = "CA of the members' certificates, PEM.")
  private @Nullable Path ca;

  @Option(names = "--cert", description = "Certificate to show, PEM.")
  private @Nullable Path certificate;

  @Option(names = "--key", description = "Its key, PEM.")
  private @Nullable Path key;

  @Option(
      names = "--seconds",
      defaultValue = "5",
      description = "How long each row is measured. Default: ${DEFAULT-VALUE}.")
  private int seconds;

  @Option(
      names = "--warm-up",
      defaultValue = "5",
      description =
          "Seconds of the same work before each row, which do not count. A store"
              + " on a JVM that has just started is several times as slow. Default: ${DEFAULT-VALUE}.")
  private int warmUp;

  @Option(
      names = "--value-bytes",
      defaultValue = "700",
      description = "Size of the values put. Default: ${DEFAULT-VALUE}.")
  private int valueBytes;

  @Option(
      names = "--clients",
      split = ",",
      defaultValue = "1,64,512",
      description = "How many put at the same time. Default: ${DEFAULT-VALUE}.")
  private List<Integer> clients = List.of();

  @Option(
      names = "--rows",
      split = ",",
      defaultValue = "put,range,watch",
      description =
          "What is measured; also fill, which leaves --keys keys with --revisions revisions each"
              + " below fill/, and upkeep, which puts while all history is compacted away each"
              + " second and snapshots are taken; and with --pids memory, restart, which ends the"
              + " first member and starts it again, and failover, which kills the leader, and starts"
              + " it again. Default: ${DEFAULT-VALUE}.")
  private List<String> rows = List.of();

  @Option(
      names = "--pids",
      split = ",",
      description =
          "Processes of the members on this machine, in the order of --endpoints, for the rows that"
              + " look at them or end them.")
  private List<Long> pids = List.of();

  @Option(names = "--keys", defaultValue = "100000", description = "Default: ${DEFAULT-VALUE}.")
  private int keys;

  @Option(names = "--revisions", defaultValue = "10", description = "Default: ${DEFAULT-VALUE}.")
  private int revisions;

  @Option(
      names = "--prefix",
      defaultValue = "tiphys-bench/",
      description = "Where keys are written; deleted in the end. Default: ${DEFAULT-VALUE}.")
  private String prefix = "";

  private final PrintStream out;
  private final Map<String, LongAdder> errors = new ConcurrentHashMap<>();

  private BenchCommand(PrintStream out) {
    this.out = out;
  }

  /** Runs the command and returns the exit code. */
  public static int run(PrintStream out, String... args) {
    return new CommandLine(new BenchCommand(out))
        .setExecutionExceptionHandler((failure, line, _) -> {
          if (!(failure instanceof IOException)) {
            throw failure;
          }
          line.getErr().println("tiphys bench store: " + failure.getMessage());
          return 1;
        })
        .execute(args);
  }

  @Override
  public Integer call() throws Exception {
    try (var connections = new Endpoints(endpoints, new Endpoints.Files(ca, certificate, key))) {
      var life =
          rows.stream().anyMatch(LIFE::contains)
              ? new LifeBench(endpoints, pids, connections, out)
              : null;
      out.println(
          "| work                                       |     per s |   p50 ms |   p99 ms | p99.9 ms"
              + " | failed |");
      out.println("|---|---:|---:|---:|---:|---:|");
      if (rows.contains("fill")) {
        out.println(
            new FillBench(connections, "fill/" + prefix, keys, revisions, valueBytes).run());
      }
      if (rows.contains("put")) {
        for (int count : clients) {
          puts(connections, count);
        }
      }
      if (rows.contains("upkeep")) {
        puts(connections, 64);
        try (var upkeep = new Upkeep(connections)) {
          puts(connections, 64);
          out.println("the line before: during " + upkeep.done());
        }
      }
      if (rows.contains("range")) {
        ranges(connections);
      }
      if (rows.contains("watch")) {
        var watching =
            new WatchBench(
                connections,
                prefix + "watched/",
                Duration.ofSeconds(warmUp),
                Duration.ofSeconds(seconds));
        out.println(watching.run());
      }
      if (life != null) {
        life.measure(rows, keyOf(0));
      }
      KVGrpc.newBlockingStub(connections.channel(0))
          .withDeadlineAfter(CALL.toMillis(), TimeUnit.MILLISECONDS)
          .deleteRange(
              DeleteRangeRequest.newBuilder()
                  .setKey(ByteString.copyFromUtf8(prefix))
                  .setRangeEnd(after(prefix))
                  .build());
    }
    new TreeMap<>(errors).forEach((text, count) -> out.println(count + " x " + text));
    return 0;
  }

  private void puts(Endpoints connections, int count) throws InterruptedException {
    var value = ByteString.copyFrom(new byte[valueBytes]);
    measure(
        "put, %d bytes, %d clients".formatted(valueBytes, count),
        connections,
        count,
        (kv, client, number) ->
            kv.put(
                PutRequest.newBuilder()
                    .setKey(keyOf((client * 7919 + number) % KEYS))
                    .setValue(value)
                    .build()));
  }

  private void ranges(Endpoints connections) throws InterruptedException {
    var ranges = new RangeBench(connections, prefix + "r", valueBytes);
    ranges.fill();
    measure("linearizable range, 1 key, 64 clients", connections, 64, ranges::one);
    measure(
        "linearizable range, %d keys, 16 clients".formatted(RangeBench.MANY),
        connections,
        16,
        ranges::many);
  }

  /** One call of many. */
  @FunctionalInterface
  interface Work {
    void call(KVGrpc.KVBlockingStub kv, int client, int number);
  }

  private void measure(String name, Endpoints connections, int clients, Work work)
      throws InterruptedException {
    work(connections, clients, work, Duration.ofSeconds(warmUp), new Timings());
    var timings = new Timings();
    long begin = System.nanoTime();
    work(connections, clients, work, Duration.ofSeconds(seconds), timings);
    out.println(timings.row(name, Duration.ofNanos(System.nanoTime() - begin)));
  }

  private void work(
      Endpoints connections, int clients, Work work, Duration duration, Timings timings) {
    long end = System.nanoTime() + duration.toNanos();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int c = 0; c < clients; c++) {
        int client = c;
        threads.execute(() -> {
          var kv = KVGrpc.newBlockingStub(connections.channel(client));
          for (int n = 0; System.nanoTime() < end; n++) {
            long start = System.nanoTime();
            try {
              work.call(kv.withDeadlineAfter(CALL.toMillis(), TimeUnit.MILLISECONDS), client, n);
              timings.add(System.nanoTime() - start);
            } catch (StatusRuntimeException e) {
              timings.fail();
              errors.computeIfAbsent(e.getStatus().toString(), _ -> new LongAdder()).increment();
            }
          }
        });
      }
    }
  }

  private ByteString keyOf(int number) {
    return ByteString.copyFromUtf8(prefix + "k" + (100_000 + number));
  }

  /** The first key that does not begin with a prefix, which must not end in 0xFF. */
  static ByteString after(String prefix) {
    byte[] bytes = prefix.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    bytes[bytes.length - 1]++;
    return ByteString.copyFrom(bytes);
  }
}
