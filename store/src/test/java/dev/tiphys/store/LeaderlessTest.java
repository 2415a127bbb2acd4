package dev.tiphys.store;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.RangeRequest;
import dev.tiphys.store.rpc.WatchCreateRequest;
import dev.tiphys.store.rpc.WatchGrpc;
import dev.tiphys.store.rpc.WatchRequest;
import dev.tiphys.store.rpc.WatchResponse;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a member tells whose majority is gone. */
class LeaderlessTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path directory = Path.of("");

  @Test
  void whoNeedsALeaderIsToldThatThereIsNone() throws Exception {
    int[] peers = {FreePort.pick(), FreePort.pick()};
    var starting = CompletableFuture.supplyAsync(() -> open(0, peers));
    try (var survivor = open(1, peers)) {
      var other = starting.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      await().atMost(PATIENCE).until(() -> page(survivor, "/readyz").statusCode() == 200);
      var ending = new Ending();
      var plain = new Ending();
      watch(needingLeader(survivor), ending);
      watch(survivor.channel(), plain);
      other.close();

      var end = ending.end.handle((_, failure) -> Status.fromThrowable(failure));
      assertNoLeader(end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
      assertThat(plain.end).as("of who does not need one").isNotDone();
      assertThatThrownBy(() -> get(needingLeader(survivor), false))
          .isInstanceOfSatisfying(StatusRuntimeException.class, e -> assertNoLeader(e.getStatus()));
      assertThatThrownBy(() -> get(needingLeader(survivor), true))
          .isInstanceOf(StatusRuntimeException.class);
      get(survivor.channel(), true);

      assertThat(page(survivor, "/health").body())
          .isEqualTo("{\"health\":\"false\",\"reason\":\"RAFT NO LEADER\"}");
      assertThat(page(survivor, "/health?serializable=true").statusCode()).isEqualTo(200);
      assertThat(page(survivor, "/readyz").body())
          .contains("[-]linearizable_read failed: etcdserver: no leader");
      assertThat(page(survivor, "/livez").statusCode()).isEqualTo(200);
    }
  }

  private static void assertNoLeader(Status status) {
    assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(status.getDescription()).isEqualTo("etcdserver: no leader");
  }

  private static void get(Channel channel, boolean serializable) {
    KVGrpc.newBlockingStub(channel)
        .range(
            RangeRequest.newBuilder()
                .setKey(copyFromUtf8("a"))
                .setSerializable(serializable)
                .build());
  }

  private static void watch(Channel channel, Ending ending)
      throws InterruptedException, ExecutionException, java.util.concurrent.TimeoutException {
    WatchGrpc.newStub(channel)
        .watch(ending)
        .onNext(
            WatchRequest.newBuilder()
                .setCreateRequest(WatchCreateRequest.newBuilder().setKey(copyFromUtf8("a")))
                .build());
    assertThat(ending.created.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).getCreated()).isTrue();
  }

  /** What clients send that use WithRequireLeader. */
  private static Channel needingLeader(TestStore store) {
    var headers = new Metadata();
    headers.put(Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER), "true");
    return ClientInterceptors.intercept(
        store.channel(), MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private static HttpResponse<String> page(TestStore store, String path)
      throws IOException, InterruptedException {
    try (var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      return client.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + store.port() + path)).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  private TestStore open(int number, int... peers) {
    try {
      return new TestStore(
          directory.resolve("m" + number),
          "--name=m" + number,
          "--initial-cluster=m0=http://127.0.0.1:" + peers[0] + ",m1=http://127.0.0.1:" + peers[1],
          "--listen-peer-urls=http://127.0.0.1:" + peers[number],
          "--heartbeat-interval=50",
          "--election-timeout=500");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static final class Ending implements StreamObserver<WatchResponse> {
    private final CompletableFuture<WatchResponse> created = new CompletableFuture<>();
    private final CompletableFuture<Void> end = new CompletableFuture<>();

    @Override
    public void onNext(WatchResponse response) {
      created.complete(response);
    }

    @Override
    public void onError(Throwable failure) {
      end.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {
      end.complete(null);
    }
  }
}
