package dev.tiphys.store.chaos;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tiphys.store.Patiently;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.MaintenanceGrpc;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.RangeRequest;
import dev.tiphys.store.rpc.RangeResponse;
import dev.tiphys.store.rpc.StatusRequest;
import io.grpc.Status;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A leader that sleeps through an election, as a machine does that is suspended. */
class SleepingLeaderTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @Test
  void itDoesNotAnswerFromThePastWhenItAwakes(@TempDir Path directory) throws Exception {
    try (var cluster = new Cluster(directory, new Loopback())) {
      for (int round = 1; round <= 3; round++) {
        var value = "v" + round;
        put(cluster, 0, "before " + value);
        int leader = leader(cluster);
        // Asked twice without a write between, it is as sure of itself as it can be.
        assertThat(get(cluster, leader)).isEqualTo("before " + value);
        assertThat(get(cluster, leader)).isEqualTo("before " + value);

        cluster.freeze(leader);
        put(cluster, (leader + 1) % Cluster.SIZE, value);
        var read =
            KVGrpc.newFutureStub(cluster.channel(leader))
                .range(RangeRequest.newBuilder().setKey(copyFromUtf8("k")).build());
        cluster.thaw(leader);

        assertThat(valueOf(read, () -> get(cluster, leader))).isEqualTo(value);
      }
    }
  }

  private static void put(Cluster cluster, int member, String value) {
    var put = PutRequest.newBuilder().setKey(copyFromUtf8("k")).setValue(copyFromUtf8(value));
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> KVGrpc.newBlockingStub(cluster.channel(member)).put(put.build()).hasHeader());
  }

  private static String get(Cluster cluster, int member) {
    var request = RangeRequest.newBuilder().setKey(copyFromUtf8("k")).build();
    return Patiently.ask(
        () -> value(KVGrpc.newBlockingStub(cluster.channel(member)).range(request)));
  }

  /** One that says that it does not lead is asked again: it has not answered from the past. */
  private static String valueOf(Future<RangeResponse> read, Supplier<String> again)
      throws InterruptedException, TimeoutException {
    try {
      return value(read.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    } catch (ExecutionException e) {
      assertThat(Status.fromThrowable(e).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      return again.get();
    }
  }

  private static String value(RangeResponse found) {
    return found.getKvs(0).getValue().toStringUtf8();
  }

  private static int leader(Cluster cluster) {
    return await().atMost(PATIENCE).ignoreExceptions().until(() -> find(cluster), i -> i >= 0);
  }

  private static int find(Cluster cluster) {
    for (int i = 0; i < Cluster.SIZE; i++) {
      var status =
          MaintenanceGrpc.newBlockingStub(cluster.channel(i))
              .status(StatusRequest.getDefaultInstance());
      if (status.getLeader() == status.getHeader().getMemberId()) {
        return i;
      }
    }
    return -1;
  }
}
