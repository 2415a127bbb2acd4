package dev.tiphys.store;

import static com.google.protobuf.ByteString.copyFromUtf8;

import dev.tiphys.daemon.Termination;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.RangeRequest;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;

/** A store in this process, on a free port. */
final class TestStore implements AutoCloseable {
  private final Termination termination = new Termination();
  private final StoreServer server;
  private final ManagedChannel channel;

  TestStore(Path dataDir, String... flags) throws IOException {
    var all = new ArrayList<>(List.of("--data-dir", dataDir.toString()));
    all.addAll(List.of("--listen-client-urls", "http://127.0.0.1:0"));
    all.addAll(List.of(flags));
    var options = new StoreOptions();
    new CommandLine(options).parseArgs(all.toArray(String[]::new));
    server = new StoreServer(StoreConfig.of(options), termination);
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port())
            .usePlaintext()
            .maxInboundMessageSize(Integer.MAX_VALUE)
            .build();
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
