package dev.tiphys.store.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.store.FreePort;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A member that fetches the state and is stuck keeps the one that gives it for a while only. */
class StalledFetchTest {
  private final CompletableFuture<Throwable> end = new CompletableFuture<>();

  @Test
  void whoTakesNothingIsGivenUp() throws Exception {
    int port = FreePort.pick();
    var address = new PeerServer.Address(new InetSocketAddress("127.0.0.1", port), false);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor();
        var loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory())) {
      var channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
      try (var _ =
          new PeerServer(
              List.of(address),
              null,
              endless(),
              loop,
              threads,
              System::nanoTime,
              Duration.ofMillis(100))) {
        PeerGrpc.newStub(channel).snapshot(SnapshotQuestion.getDefaultInstance(), new Stuck());
        assertThat(end.get(1, TimeUnit.MINUTES))
            .hasMessage("DEADLINE_EXCEEDED: nothing was taken for 0 s");
      } finally {
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
      }
    }
  }

  /** Gives parts for as long as somebody takes them; is asked for nothing else. */
  private PeerHandler endless() {
    return (PeerHandler)
        Proxy.newProxyInstance(
            PeerHandler.class.getClassLoader(),
            new Class<?>[] {PeerHandler.class},
            (_, _, arguments) -> {
              try {
                while (true) {
                  ((PeerHandler.Parts) arguments[0]).part(new byte[64 << 10]);
                }
              } catch (Exception e) {
                end.complete(e);
                throw e;
              }
            });
  }

  /** Asks for one part and never for another. */
  private static final class Stuck
      implements ClientResponseObserver<SnapshotQuestion, SnapshotPart> {
    @Override
    public void beforeStart(ClientCallStreamObserver<SnapshotQuestion> call) {
      call.disableAutoRequestWithInitial(1);
    }

    @Override
    public void onNext(SnapshotPart part) {}

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }
}
