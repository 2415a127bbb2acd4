package dev.tiphys.store.tool;

import com.google.protobuf.ByteString;
import dev.tiphys.store.rpc.DeleteRangeRequest;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.RangeRequest;
import io.grpc.Channel;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tiphys store check perf}: whether a member is fast enough, by etcdctl's measures. */
@Command(
    name = "check",
    description = "Checks whether a member is fast enough.",
    mixinStandardHelpOptions = true)
final class CheckCommand {
  private static final int KEY_BYTES = 256;
  private static final int VALUE_BYTES = 1024;
  private static final double ENOUGH = 0.9;
  private static final Duration SLOWEST = Duration.ofMillis(500);
  private static final Duration SPREAD = Duration.ofMillis(100);

  @Spec private CommandSpec spec = CommandSpec.create();

  /** Writes a second, and clients that share them. */
  enum Load {
    s(150, 50),
    m(1000, 200),
    l(8000, 500),
    xl(15_000, 1000);

    private final int rate;
    private final int clients;

    Load(int rate, int clients) {
      this.rate = rate;
      this.clients = clients;
    }
  }

  @Command(name = "perf", description = "Writes at a fixed rate, and tells whether that went well.")
  int perf(
      @Mixin Connection connection,
      @Option(
              names = "--load",
              defaultValue = "s",
              description = "${COMPLETION-CANDIDATES}: 150, 1000, 8000, 15000 writes a second.")
          Load load,
      @Option(names = "--duration", defaultValue = "60", description = "Seconds.") int seconds,
      @Option(names = "--prefix", defaultValue = "/etcdctl-check-perf/") String prefix)
      throws IOException, InterruptedException {
    if (seconds <= 0) {
      throw new IOException("--duration must be positive, not " + seconds);
    }
    try (var open = connection.open()) {
      var keys =
          RangeRequest.newBuilder()
              .setKey(ByteString.copyFromUtf8(prefix))
              .setRangeEnd(after(prefix))
              .build();
      var kv = KVGrpc.newBlockingStub(open.channel());
      if (kv.range(keys.toBuilder().setLimit(1).setKeysOnly(true).build()).getKvsCount() > 0) {
        throw new IOException("there are keys below " + prefix + "; delete them, or give --prefix");
      }
      try {
        return report(load, seconds, write(open.channel(), load, seconds, prefix));
      } finally {
        kv.deleteRange(
            DeleteRangeRequest.newBuilder()
                .setKey(keys.getKey())
                .setRangeEnd(keys.getRangeEnd())
                .build());
      }
    }
  }

  /** Returns how long each write took, in nanoseconds. */
  private static List<Long> write(Channel channel, Load load, int seconds, String prefix)
      throws InterruptedException {
    long start = System.nanoTime();
    long end = start + Duration.ofSeconds(seconds).toNanos();
    long interval = Duration.ofSeconds(1).toNanos() / load.rate;
    var next = new AtomicLong();
    var clients = new ArrayList<Future<List<Long>>>();
    var all = new ArrayList<Long>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < load.clients; i++) {
        var random = new Random(i);
        clients.add(
            threads.submit(() -> {
              var took = new ArrayList<Long>();
              var kv = KVGrpc.newBlockingStub(channel);
              while (true) {
                long due = start + next.getAndIncrement() * interval;
                if (due >= end || System.nanoTime() >= end) {
                  return took;
                }
                LockSupport.parkNanos(due - System.nanoTime());
                long began = System.nanoTime();
                kv.put(put(prefix, random));
                took.add(System.nanoTime() - began);
              }
            }));
      }
      for (var client : clients) {
        all.addAll(client.get());
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException refused) {
        throw refused;
      }
      throw new IllegalStateException(e.getCause());
    }
    return all;
  }

  private int report(Load load, int seconds, List<Long> took) {
    double rate = (double) took.size() / seconds;
    double mean = took.stream().mapToLong(Long::longValue).average().orElse(0);
    double variance = took.stream().mapToDouble(t -> (t - mean) * (t - mean)).average().orElse(0);
    double slowest = took.stream().mapToLong(Long::longValue).max().orElse(0);
    boolean passed =
        line(rate >= ENOUGH * load.rate, "Throughput is %.0f writes/s", rate)
            & line(slowest <= SLOWEST.toNanos(), "Slowest request took %.3fs", slowest / 1e9)
            & line(
                variance <= Math.pow(SPREAD.toNanos(), 2),
                "Stddev is %.3fs",
                Math.sqrt(variance) / 1e9);
    spec.commandLine().getOut().println(passed ? "PASS" : "FAIL");
    return passed ? 0 : 1;
  }

  private boolean line(boolean passed, String text, double value) {
    spec.commandLine().getOut().printf((passed ? "PASS: " : "FAIL: ") + text + "%n", value);
    return passed;
  }

  private static PutRequest put(String prefix, Random random) {
    byte[] key = new byte[KEY_BYTES];
    byte[] value = new byte[VALUE_BYTES];
    random.nextBytes(key);
    random.nextBytes(value);
    return PutRequest.newBuilder()
        .setKey(ByteString.copyFromUtf8(prefix).concat(ByteString.copyFrom(key)))
        .setValue(ByteString.copyFrom(value))
        .build();
  }

  private static ByteString after(String prefix) {
    byte[] end = ByteString.copyFromUtf8(prefix).toByteArray();
    end[end.length - 1]++;
    return ByteString.copyFrom(end);
  }
}
