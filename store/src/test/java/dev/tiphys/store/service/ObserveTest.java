package dev.tiphys.store.service;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.store.auth.Authority;
import dev.tiphys.store.auth.SimpleTokens;
import dev.tiphys.store.disk.FlakyDisk;
import dev.tiphys.store.disk.RevisionLog;
import dev.tiphys.store.mvcc.Machine;
import dev.tiphys.store.mvcc.WatchSession;
import dev.tiphys.store.raft.Member;
import dev.tiphys.store.raft.RaftNode;
import dev.tiphys.store.raft.TestSettings;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.rpc.CompactionRequest;
import dev.tiphys.store.rpc.LeaderRequest;
import dev.tiphys.store.rpc.LeaderResponse;
import dev.tiphys.store.rpc.PutRequest;
import io.grpc.Status;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who observes an election is told when leaders were forgotten that he was not told of. */
class ObserveTest {
  private static final long PATIENCE_SECONDS = 20;

  @TempDir private Path directory = Path.of("");

  @Test
  void compactionThatOvertakesItEndsIt() throws Exception {
    var loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try (var threads = Executors.newVirtualThreadPerTaskExecutor();
        var machine = new Machine(new FlakyDisk(0), RevisionLog.Limits.DEFAULT);
        var raft = alone(machine, loop, threads)) {
      var tokens = new SimpleTokens(Duration.ofMinutes(1), () -> 0);
      var access = new Access(new Authority(tokens), tokens, raft);
      var watches = new WatchSession.Settings(Duration.ofMinutes(10), 1 << 20, () -> 0);
      var turns = new Turns(new Cluster(1, 1, machine, raft, access), watches, () -> 7, threads);
      proclaim(raft, "first");
      var client = new SlowClient();
      new ElectionService(turns, threads)
          .observe(LeaderRequest.newBuilder().setName(copyFromUtf8("e")).build(), client);

      assertThat(client.asked.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
      proclaim(raft, "second");
      proclaim(raft, "third");
      raft.propose(
          Command.newBuilder()
              .setCompact(CompactionRequest.newBuilder().setRevision(machine.revision()))
              .build());
      client.getReady();

      var status = Status.fromThrowable(client.end.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
      assertThat(status.getCode()).isEqualTo(Status.Code.UNKNOWN);
      assertThat(status.getDescription()).isEqualTo("election: observe closed early");
    } finally {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  private RaftNode alone(
      Machine machine,
      MultiThreadIoEventLoopGroup loop,
      java.util.concurrent.ExecutorService threads)
      throws Exception {
    return new RaftNode(
        TestSettings.of(
            directory,
            new UUID(1, 1),
            1,
            List.of(new Member(1, "m", List.of("http://127.0.0.1:1")))),
        machine,
        threads,
        1,
        Duration.ofSeconds(7),
        loop,
        System::nanoTime,
        Thread::sleep,
        failure -> {});
  }

  private static void proclaim(RaftNode raft, String value) throws InterruptedException {
    raft.propose(
        Command.newBuilder()
            .setPut(
                PutRequest.newBuilder().setKey(copyFromUtf8("e/1")).setValue(copyFromUtf8(value)))
            .build());
  }

  /** Takes nothing until it is told to. */
  private static final class SlowClient extends SilentObserver<LeaderResponse> {
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CompletableFuture<Throwable> end = new CompletableFuture<>();
    private volatile boolean ready;
    private volatile Runnable onReady = () -> {};

    void getReady() {
      ready = true;
      onReady.run();
    }

    @Override
    public boolean isReady() {
      boolean now = ready;
      asked.countDown();
      return now;
    }

    @Override
    public void onError(Throwable failure) {
      end.complete(failure);
    }

    @Override
    public void setOnReadyHandler(Runnable handler) {
      onReady = handler;
    }
  }
}
