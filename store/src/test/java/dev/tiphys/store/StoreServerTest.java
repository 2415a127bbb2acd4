package dev.tiphys.store;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.store.rpc.AlarmRequest;
import dev.tiphys.store.rpc.AlarmType;
import dev.tiphys.store.rpc.HashKVRequest;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.MaintenanceGrpc;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.RangeRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreServerTest {
  @TempDir private Path directory = Path.of("");

  @Test
  void aRestartKeepsRevisionsIdentityAndHash() throws Exception {
    long cluster;
    long revision;
    int hash;
    try (var store = new TestStore(directory)) {
      var header = put(store, "a", "1").getHeader();
      cluster = header.getClusterId();
      revision = header.getRevision();
      hash = hash(store);
    }
    try (var store = new TestStore(directory)) {
      assertThat(hash(store)).isEqualTo(hash);
      var header = put(store, "a", "2").getHeader();
      assertThat(header.getClusterId()).isEqualTo(cluster);
      assertThat(header.getRevision()).isEqualTo(revision + 1);
      assertThat(hash(store)).isNotEqualTo(hash);
    }
  }

  @Test
  void withoutWaitingForTheDiskItServesAsEver() throws Exception {
    int hash;
    try (var store = new TestStore(directory, "--unsafe-no-fsync")) {
      put(store, "a", "1");
      hash = hash(store);
    }
    try (var store = new TestStore(directory)) {
      assertThat(hash(store)).isEqualTo(hash);
    }
  }

  @Test
  void pastTheQuotaWritesAreRefusedAndReadsGoOn() throws Exception {
    try (var store = new TestStore(directory, "--quota-backend-bytes=20000")) {
      put(store, "small", "1");
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 50; i++) {
                  put(store, "big" + i, "x".repeat(1000));
                }
              })
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> {
                assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
                assertThat(e.getStatus().getDescription())
                    .isEqualTo("etcdserver: mvcc: database space exceeded");
              });
      var alarms =
          MaintenanceGrpc.newBlockingStub(store.channel())
              .alarm(AlarmRequest.getDefaultInstance())
              .getAlarmsList();
      assertThat(alarms).hasSize(1);
      assertThat(alarms.getFirst().getAlarm()).isEqualTo(AlarmType.NOSPACE);
      var read = RangeRequest.newBuilder().setKey(copyFromUtf8("small")).build();
      assertThat(KVGrpc.newBlockingStub(store.channel()).range(read).getCount()).isEqualTo(1);
    }
  }

  @Test
  void healthIsToldAsEtcdTellsIt() throws Exception {
    int port = FreePort.pick();
    try (var store = new TestStore(directory, "--listen-metrics-urls=http://127.0.0.1:" + port)) {
      put(store, "a", "1");
      assertThat(get(port, "/health").body()).isEqualTo("{\"health\":\"true\",\"reason\":\"\"}");
      assertThat(get(port, "/readyz").statusCode()).isEqualTo(200);
      assertThat(get(port, "/metrics").body())
          .contains("etcd_server_has_leader 1.0")
          .contains("etcd_debugging_mvcc_current_revision 2.0")
          .contains("etcd_server_version{server_version=\"3.5.21\"} 1.0")
          .contains(
              "grpc_server_handled_total{grpc_code=\"OK\",grpc_method=\"Put\","
                  + "grpc_service=\"etcdserverpb.KV\",grpc_type=\"unary\"} 1.0");
      assertThat(get(port, "/readyz?verbose").body())
          .contains("[+]linearizable_read ok")
          .contains("[+]data_corruption ok");
      assertThat(get(port, "/version").body()).startsWith("{\"etcdserver\":\"3.5.21\",");
    }
  }

  @Test
  void healthToldWithoutAnAlarmIsGood() throws Exception {
    int port = FreePort.pick();
    try (var store = new TestStore(directory, "--listen-metrics-urls=http://127.0.0.1:" + port)) {
      MaintenanceGrpc.newBlockingStub(store.channel())
          .alarm(
              AlarmRequest.newBuilder()
                  .setAction(AlarmRequest.AlarmAction.ACTIVATE)
                  .setAlarm(AlarmType.NOSPACE)
                  .build());
      assertThat(get(port, "/health").statusCode()).isEqualTo(503);
      assertThat(get(port, "/health").body())
          .isEqualTo("{\"health\":\"false\",\"reason\":\"ALARM NOSPACE\"}");
      assertThat(get(port, "/health?exclude=NOSPACE").statusCode()).isEqualTo(200);
      assertThat(get(port, "/readyz").statusCode()).isEqualTo(200);
    }
  }

  private static HttpResponse<String> get(int port, String path)
      throws IOException, InterruptedException {
    try (var client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  private static dev.tiphys.store.rpc.PutResponse put(TestStore store, String key, String value) {
    return KVGrpc.newBlockingStub(store.channel())
        .put(
            PutRequest.newBuilder()
                .setKey(copyFromUtf8(key))
                .setValue(copyFromUtf8(value))
                .build());
  }

  private static int hash(TestStore store) {
    return MaintenanceGrpc.newBlockingStub(store.channel())
        .hashKV(HashKVRequest.getDefaultInstance())
        .getHash();
  }
}
