package dev.tiphys.store.chaos;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tiphys.store.Patiently;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.MaintenanceGrpc;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.RangeRequest;
import dev.tiphys.store.rpc.StatusRequest;
import dev.tiphys.store.rpc.StatusResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A leader that loses its majority gives up what it has in flight; but that is in its log, and may
 * happen when the others are back. So it must not be sent a second time.
 */
class LostMajorityTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @Test
  void aWriteInFlightHappensOnceAtMost(@TempDir Path directory) throws Exception {
    try (var cluster = new Cluster(directory, new Loopback())) {
      int leader =
          await().atMost(PATIENCE).ignoreExceptions().until(() -> find(cluster), i -> i >= 0);
      int one = (leader + 1) % Cluster.SIZE;
      int other = (leader + 2) % Cluster.SIZE;
      cluster.freeze(one);
      cluster.freeze(other);
      Future<?> written = KVGrpc.newFutureStub(cluster.channel(leader)).put(put("k"));
      await().atMost(PATIENCE).until(() -> status(cluster, leader).getLeader() == 0);
      cluster.thaw(one);
      cluster.thaw(other);
      await()
          .atMost(PATIENCE)
          .ignoreExceptions()
          .until(
              () -> KVGrpc.newBlockingStub(cluster.channel(leader)).put(put("after")).hasHeader());
      await().atMost(PATIENCE).until(written::isDone);
      assertThat(versionOf(cluster, leader)).isLessThanOrEqualTo(1);
    }
  }

  private static PutRequest put(String key) {
    return PutRequest.newBuilder().setKey(copyFromUtf8(key)).setValue(copyFromUtf8("v")).build();
  }

  private static long versionOf(Cluster cluster, int member) {
    var request = RangeRequest.newBuilder().setKey(copyFromUtf8("k")).build();
    var found =
        Patiently.ask(() ->
            KVGrpc.newBlockingStub(cluster.channel(member))
                .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .range(request));
    return found.getKvsCount() == 0 ? 0 : found.getKvs(0).getVersion();
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
        .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .status(StatusRequest.getDefaultInstance());
  }
}
