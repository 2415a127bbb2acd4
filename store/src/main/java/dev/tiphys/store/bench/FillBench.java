package dev.tiphys.store.bench;

import com.google.protobuf.ByteString;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.PutRequest;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Fills a store with keys and their history, which stay: what memory and a restart are measured on.
 */
final class FillBench {
  private static final int CLIENTS = 128;
  private static final int KINDS = 64;

  private final Endpoints connections;
  private final String prefix;
  private final int keys;
  private final int revisions;
  private final int valueBytes;

  FillBench(Endpoints connections, String prefix, int keys, int revisions, int valueBytes) {
    this.connections = connections;
    this.prefix = prefix;
    this.keys = keys;
    this.revisions = revisions;
    this.valueBytes = valueBytes;
  }

  /** Puts every key so often, and returns a line of the table. */
  String run() {
    var values = new ByteString[KINDS];
    var random = new Random(1);
    for (int i = 0; i < KINDS; i++) {
      byte[] bytes = new byte[valueBytes];
      random.nextBytes(bytes);
      values[i] = ByteString.copyFrom(bytes);
    }
    var timings = new Timings();
    var next = new AtomicInteger();
    long begin = System.nanoTime();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int c = 0; c < CLIENTS; c++) {
        var kv = KVGrpc.newBlockingStub(connections.channel(c));
        threads.execute(() -> {
          for (int n; (n = next.getAndIncrement()) < keys * revisions; ) {
            put(kv, n % keys, values[n % KINDS], timings);
          }
        });
      }
    }
    var name = "fill, %d keys, %d times, %d bytes".formatted(keys, revisions, valueBytes);
    return timings.row(name, Duration.ofNanos(System.nanoTime() - begin));
  }

  private void put(KVGrpc.KVBlockingStub kv, int number, ByteString value, Timings timings) {
    var put =
        PutRequest.newBuilder()
            .setKey(ByteString.copyFromUtf8(prefix + "k" + (10_000_000 + number)))
            .setValue(value)
            .build();
    long start = System.nanoTime();
    try {
      kv.withDeadlineAfter(BenchCommand.CALL.toMillis(), TimeUnit.MILLISECONDS).put(put);
      timings.add(System.nanoTime() - start);
    } catch (StatusRuntimeException e) {
      timings.fail();
    }
  }
}
