package dev.tiphys.store;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.RangeRequest;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 at random moments under load: every acknowledged write is found again. */
class KillTest {
  private static final int ROUNDS = 4;
  private static final int WRITERS = 8;

  @Test
  void noAcknowledgedWriteIsLost(@TempDir Path directory) throws Exception {
    var random = new Random(20);
    var acknowledged = new ConcurrentHashMap<String, Long>();
    int port = FreePort.pick();
    for (int round = 0; round < ROUNDS; round++) {
      try (var store = new StoreProcess(directory.resolve("data"), port)) {
        check(store.kv(), acknowledged);
        var enough = new CountDownLatch(200 + random.nextInt(1000));
        try (var writers = Executors.newVirtualThreadPerTaskExecutor()) {
          for (int w = 0; w < WRITERS; w++) {
            var prefix = "round" + round + "/writer" + w + "/";
            writers.execute(() -> write(store.kv(), prefix, acknowledged, enough));
          }
          enough.await();
          store.kill();
        }
      }
    }
    try (var store = new StoreProcess(directory.resolve("data"), port)) {
      check(store.kv(), acknowledged);
      long newest = acknowledged.values().stream().mapToLong(Long::longValue).max().orElseThrow();
      assertThat(put(store.kv(), "after")).isGreaterThan(newest);
      assertThat(store.terminate()).isZero();
    }
    assertThat(acknowledged.size()).isGreaterThan(ROUNDS * 200);
  }

  private static void write(
      KVGrpc.KVBlockingStub kv,
      String prefix,
      Map<String, Long> acknowledged,
      CountDownLatch enough) {
    try {
      for (int i = 0; ; i++) {
        acknowledged.put(prefix + i, put(kv, prefix + i));
        enough.countDown();
      }
    } catch (StatusRuntimeException e) {
      enough.countDown(); // killed, as planned
    }
  }

  private static long put(KVGrpc.KVBlockingStub kv, String key) {
    return kv.put(
            PutRequest.newBuilder()
                .setKey(copyFromUtf8(key))
                .setValue(copyFromUtf8("value of " + key))
                .build())
        .getHeader()
        .getRevision();
  }

  private static void check(KVGrpc.KVBlockingStub kv, Map<String, Long> acknowledged) {
    var found = new ConcurrentHashMap<String, Long>();
    var response =
        kv.range(
            RangeRequest.newBuilder()
                .setKey(copyFromUtf8("round"))
                .setRangeEnd(copyFromUtf8("rounds"))
                .build());
    response
        .getKvsList()
        .forEach(pair -> {
          assertThat(pair.getValue().toStringUtf8())
              .isEqualTo("value of " + pair.getKey().toStringUtf8());
          found.put(pair.getKey().toStringUtf8(), pair.getModRevision());
        });
    List<String> lost = new ArrayList<>();
    acknowledged.forEach((key, revision) -> {
      if (!revision.equals(found.get(key))) {
        lost.add(key);
      }
    });
    assertThat(lost).isEmpty();
  }
}
