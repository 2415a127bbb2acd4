package dev.tiphys.store;

import static com.google.protobuf.ByteString.copyFromUtf8;

import dev.tiphys.daemon.Termination;
import dev.tiphys.store.rpc.AuthGrpc;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.LeaseGrpc;
import dev.tiphys.store.rpc.MaintenanceGrpc;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.RangeRequest;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import picocli.CommandLine;

/** A store in this process, on a free port. */
final class TestStore implements AutoCloseable {
  private final Termination termination = new Termination();
  private final StoreServer server;
  private final ManagedChannel channel;

  /** One that stands alone: who asks it is answered at once. */
  TestStore(Path dataDir, String... flags) throws IOException {
    this(dataDir, NettyChannelBuilder::disableRetry, flags);
  }

  private TestStore(Path dataDir, UnaryOperator<NettyChannelBuilder> client, String... flags)
      throws IOException {
    var all = new ArrayList<>(List.of("--data-dir", dataDir.toString()));
    all.addAll(List.of("--listen-client-urls", "http://127.0.0.1:0"));
    all.addAll(List.of(flags));
    var options = new StoreOptions();
    new CommandLine(options).parseArgs(all.toArray(String[]::new));
    server = new StoreServer(StoreConfig.of(options), termination);
    channel =
        client
            .apply(NettyChannelBuilder.forAddress("127.0.0.1", port()))
            .usePlaintext()
            .maxInboundMessageSize(Integer.MAX_VALUE)
            .build();
  }

  /**
   * One of several. Who asks it asks again while there is no leader: one that a busy machine stops
   * for as long as an election takes loses the lead, and what was asked meanwhile fails. Changes of
   * members are asked for once: what was done though it failed is refused when it is asked again.
   */
  static TestStore member(Path dataDir, String... flags) throws IOException {
    return new TestStore(dataDir, TestStore::askAgain, flags);
  }

  private static NettyChannelBuilder askAgain(NettyChannelBuilder client) {
    var policy =
        Map.of(
            "maxAttempts",
            20.0,
            "initialBackoff",
            "0.1s",
            "maxBackoff",
            "2s",
            "backoffMultiplier",
            1.5,
            "retryableStatusCodes",
            List.of("UNAVAILABLE"));
    var services = new ArrayList<Map<String, String>>();
    for (var repeatable :
        List.of(
            KVGrpc.SERVICE_NAME,
            LeaseGrpc.SERVICE_NAME,
            AuthGrpc.SERVICE_NAME,
            MaintenanceGrpc.SERVICE_NAME)) {
      services.add(Map.of("service", repeatable));
    }
    var config = Map.of("name", services, "retryPolicy", policy);
    return client
        .enableRetry()
        .maxRetryAttempts(20)
        .defaultServiceConfig(Map.of("methodConfig", List.of(config)));
  }

  int port() {
    return server.clientPorts().getFirst();
  }

  /** All of them, in the order of the URLs. */
  List<Integer> ports() {
    return server.clientPorts();
  }

  /** True when a part failed, or found that this member must end. */
  boolean hasEnded() {
    return termination.isRequested();
  }

  /** Why it has ended; "" while it runs. */
  String end() throws InterruptedException {
    return hasEnded() ? Objects.requireNonNullElse(termination.await(), "asked for") : "";
  }

  ManagedChannel channel() {
    return channel;
  }

  void put(String key, String value) {
    KVGrpc.newBlockingStub(channel)
        .put(
            PutRequest.newBuilder()
                .setKey(copyFromUtf8(key))
                .setValue(copyFromUtf8(value))
                .build());
  }

  /** The value of a key, as all members agree it is; "" without one. */
  String get(String key) {
    return value(RangeRequest.newBuilder().setKey(copyFromUtf8(key)));
  }

  /** The value of a key that this member has; "" without one. */
  String getStale(String key) {
    return value(RangeRequest.newBuilder().setKey(copyFromUtf8(key)).setSerializable(true));
  }

  private String value(RangeRequest.Builder request) {
    var found = KVGrpc.newBlockingStub(channel).range(request.build());
    return found.getCount() == 0 ? "" : found.getKvs(0).getValue().toStringUtf8();
  }

  @Override
  public void close() throws InterruptedException {
    channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    server.close();
  }
}
