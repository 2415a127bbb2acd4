package dev.tiphys.store.raft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.store.disk.FlakyDisk;
import dev.tiphys.store.disk.RevisionLog;
import dev.tiphys.store.mvcc.Machine;
import dev.tiphys.store.mvcc.Outcome;
import dev.tiphys.store.peer.PeerServer;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.record.MemberRecord;
import dev.tiphys.store.rpc.PutRequest;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A lone member to which another was added. */
class GrowTest {
  private static final long SELF = 1;
  private static final int WRITES = 10;

  @TempDir private Path directory = Path.of("");

  @Test
  void itStaysAloneWhileItsPeerPortIsTaken() throws Exception {
    var loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    var failures = new ArrayList<String>();
    var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    try (taken;
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        var machine = new Machine(new FlakyDisk(0), RevisionLog.Limits.DEFAULT)) {
      var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), taken.getLocalPort());
      var settings = settings(new PeerServer.Address(address, false));
      try (var raft = node(settings, machine, threads, loop, failures)) {
        raft.propose(member(SELF, "one"));
        raft.propose(member(2, ""));
        for (int look = 0; look < 3; look++) {
          raft.tick(look);
          raft.propose(put());
          assertThat(settings.directory()).doesNotExist();
        }

        taken.close();
        raft.tick(3);
        raft.propose(put());
        assertThat(settings.directory()).isNotEmptyDirectory();
        assertThat(failures).isEmpty();
      }
    } finally {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  @Test
  void whatIsProposedMeanwhileIsDone() throws Exception {
    var loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    var failures = new ArrayList<String>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor();
        var machine = new Machine(new FlakyDisk(0), RevisionLog.Limits.DEFAULT)) {
      var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      var settings = settings(new PeerServer.Address(address, false));
      try (var raft = node(settings, machine, threads, loop, failures)) {
        raft.propose(member(SELF, "one"));
        raft.propose(member(2, ""));
        var grown = new AtomicBoolean();
        var writer =
            threads.submit(() -> {
              int writes = 0;
              for (boolean last = false; !last; writes += WRITES) {
                last = grown.get();
                var outcomes = new ArrayList<CompletableFuture<Outcome>>();
                for (int i = 0; i < WRITES; i++) {
                  outcomes.add(raft.order(put()));
                }
                for (var outcome : outcomes) {
                  assertThat(outcome.get()).isInstanceOf(Outcome.Done.class);
                }
              }
              return writes;
            });
        raft.tick(0);
        raft.propose(put());
        grown.set(true);
        long writes = writer.get();
        assertThat(machine.revision()).isEqualTo(1 + 1 + writes);
        assertThat(failures).isEmpty();
      }
    } finally {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  private static RaftNode node(
      RaftSettings settings,
      Machine machine,
      ExecutorService threads,
      MultiThreadIoEventLoopGroup loop,
      List<String> failures)
      throws IOException {
    return new RaftNode(
        settings,
        machine,
        threads,
        1,
        Duration.ofSeconds(20),
        loop,
        System::nanoTime,
        Thread::sleep,
        failures::add);
  }

  private RaftSettings settings(PeerServer.Address listen) {
    return TestSettings.of(
        directory,
        new UUID(1, 1),
        SELF,
        List.of(new Member(SELF, "one", List.of("http://127.0.0.1:1"))),
        listen);
  }

  private static Command member(long id, String name) {
    return Command.newBuilder()
        .setMemberSet(
            MemberRecord.newBuilder().setId(id).setName(name).addPeerUrls("http://127.0.0.1:" + id))
        .build();
  }

  private static Command put() {
    return Command.newBuilder().setPut(PutRequest.getDefaultInstance()).build();
  }
}
