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
import dev.tiphys.store.rpc.StatusResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
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
        int other = (leader + 1) % Cluster.SIZE;
        put(cluster, other, value);
        long term = term(cluster, other);
        var read =
            KVGrpc.newFutureStub(cluster.channel(leader))
                .range(RangeRequest.newBuilder().setKey(copyFromUtf8("k")).build());
        cluster.thaw(leader);

        try {
          assertThat(value(read.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))).isEqualTo(value);
        } catch (ExecutionException e) {
          // Told as failed, which is not from the past either; but for one more election only.
          assertThat(e).cause().matches(Patiently::isForWantOfLeader);
          assertThat(get(cluster, leader)).isEqualTo(value);
          assertThat(term(cluster, leader)).isGreaterThan(term);
        }
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

  private static long term(Cluster cluster, int member) {
    return status(cluster, member).getRaftTerm();
  }

  private static String value(RangeResponse found) {
    return found.getKvs(0).getValue().toStringUtf8();
  }

  private static int leader(Cluster cluster) {
    return await().atMost(PATIENCE).ignoreExceptions().until(() -> find(cluster), i -> i >= 0);
  }

  private static int find(Cluster cluster) {
    for (int i = 0; i < Cluster.SIZE; i++) {
      var status = status(cluster, i);
      if (status.getLeader() == status.getHeader().getMemberId()) {
        return i;
      }
    }
    return -1;
  }

  private static StatusResponse status(Cluster cluster, int member) {
    return MaintenanceGrpc.newBlockingStub(cluster.channel(member))
        .status(StatusRequest.getDefaultInstance());
  }
}
