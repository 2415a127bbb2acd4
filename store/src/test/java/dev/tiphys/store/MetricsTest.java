package dev.tiphys.store;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.RangeRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What etcd's usual alerts look at. */
class MetricsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path directory = Path.of("");

  @Test
  void aLoneMemberTellsHowLongItsDiskTakes() throws Exception {
    try (var store = new TestStore(directory)) {
      double before = value(store, "etcd_disk_wal_fsync_duration_seconds_count");
      for (int i = 0; i < 5; i++) {
        put(store);
      }
      assertThat(value(store, "etcd_disk_wal_fsync_duration_seconds_count"))
          .isGreaterThanOrEqualTo(before + 5);
      assertThat(value(store, "etcd_disk_wal_fsync_duration_seconds_sum")).isPositive();
      assertThat(metrics(store))
          .contains("etcd_disk_wal_fsync_duration_seconds_bucket{le=\"0.001\"}")
          .contains("etcd_disk_wal_fsync_duration_seconds_bucket{le=\"8.192\"}")
          .contains("etcd_server_leader_changes_seen_total 1.0\n")
          .contains("etcd_server_proposals_pending 0.0\n")
          .contains("etcd_server_proposals_failed_total 0.0\n")
          .contains("etcd_server_is_learner 0.0\n")
          .doesNotContain("grpc_server_handling_seconds");
      assertThat(value(store, "etcd_server_proposals_committed_total"))
          .isEqualTo(value(store, "etcd_server_proposals_applied_total"));
      // Made by the housekeeper, some seconds after the first write.
      await()
          .atMost(PATIENCE)
          .until(() -> value(store, "etcd_disk_backend_commit_duration_seconds_count") > 1);
    }
  }

  @Test
  void callsAreTimedOnRequest() throws Exception {
    try (var store = new TestStore(directory, "--metrics=extensive")) {
      put(store);
      assertThat(metrics(store))
          .contains(
              "grpc_server_handling_seconds_count{grpc_method=\"Put\","
                  + "grpc_service=\"etcdserverpb.KV\",grpc_type=\"unary\"} 1");
    }
  }

  @Test
  void membersTellOfSyncsRoundTripsAndLeaders() throws Exception {
    int[] peers = {FreePort.pick(), FreePort.pick()};
    var starting = CompletableFuture.supplyAsync(() -> open(0, peers));
    try (var one = open(1, peers);
        var two = starting.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> put(one));
      await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> get(two));
      for (var store : new TestStore[] {one, two}) {
        assertThat(value(store, "etcd_disk_wal_fsync_duration_seconds_count")).isPositive();
        assertThat(value(store, "etcd_server_leader_changes_seen_total")).isPositive();
        await().atMost(PATIENCE).until(() -> value(store, "etcd_server_has_leader") == 1);
      }
      await()
          .atMost(PATIENCE)
          .until(() ->
              (metrics(one) + metrics(two))
                  .contains("etcd_network_peer_round_trip_time_seconds_count{To="));
    }
  }

  private static void put(TestStore store) {
    KVGrpc.newBlockingStub(store.channel())
        .put(PutRequest.newBuilder().setKey(copyFromUtf8("a")).build());
  }

  private static void get(TestStore store) {
    KVGrpc.newBlockingStub(store.channel())
        .range(RangeRequest.newBuilder().setKey(copyFromUtf8("a")).build());
  }

  private static double value(TestStore store, String name) {
    return metrics(store)
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is not told"));
  }

  private static String metrics(TestStore store) {
    try (var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      var url = URI.create("http://127.0.0.1:" + store.port() + "/metrics");
      return client
          .send(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private TestStore open(int number, int... peers) {
    try {
      return new TestStore(
          directory.resolve("m" + number),
          "--name=m" + number,
          "--initial-cluster=m0=http://127.0.0.1:" + peers[0] + ",m1=http://127.0.0.1:" + peers[1],
          "--listen-peer-urls=http://127.0.0.1:" + peers[number]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
