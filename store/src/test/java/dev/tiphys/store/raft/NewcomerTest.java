package dev.tiphys.store.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tiphys.store.FreePort;
import dev.tiphys.store.disk.DirectoryDisk;
import dev.tiphys.store.disk.RevisionLog;
import dev.tiphys.store.disk.StateSwap;
import dev.tiphys.store.mvcc.Machine;
import dev.tiphys.store.peer.PeerServer;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.record.MemberRecord;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A member that was added to another, which knows nobody when it starts. */
class NewcomerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Who waits that long has missed what it waited for. */
  private static final Duration FOREVER = Duration.ofHours(1);

  @TempDir private Path directory = Path.of("");
  private final MultiThreadIoEventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<String> failures = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void stop() {
    threads.shutdownNow();
    threads.close();
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  @Test
  void itIsReadyOnceItKnowsWhereItsLeaderIs() throws Exception {
    int[] ports = {FreePort.pick(), FreePort.pick()};
    try (var machine = machine(1);
        var newMachine = machine(2);
        var first =
            node(1, ports[0], List.of(new Member(1, "m1", List.of(url(ports[0])))), machine)) {
      first.propose(member(1, url(ports[0])));
      first.propose(member(2, url(ports[1])));
      try (var newcomer = node(2, ports[1], List.of(), newMachine)) {
        var waiting =
            threads.submit(() -> {
              newcomer.awaitLeading();
              return newcomer.isReady();
            });
        await()
            .atMost(PATIENCE)
            .until(() -> {
              first.tick(System.nanoTime());
              return waiting.isDone();
            });
        assertThat(waiting.get()).isTrue();
      }
    }
    assertThat(failures).isEmpty();
  }

  private Machine machine(long member) throws IOException {
    var states = new StateSwap(new DirectoryDisk(Files.createDirectories(home(member))));
    var machine = new Machine(states.settled(), RevisionLog.Limits.DEFAULT);
    states.confirm();
    return machine;
  }

  private Path home(long member) {
    return directory.resolve("m" + member);
  }

  private RaftNode node(long self, int port, List<Member> members, Machine machine)
      throws IOException {
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    return new RaftNode(
        TestSettings.of(
            home(self), new UUID(3, 4), self, members, new PeerServer.Address(address, false)),
        machine,
        threads,
        self,
        FOREVER,
        loop,
        System::nanoTime,
        Thread::sleep,
        failures::add);
  }

  private static Command member(long id, String url) {
    return Command.newBuilder()
        .setMemberSet(MemberRecord.newBuilder().setId(id).setName("m" + id).addPeerUrls(url))
        .build();
  }

  private static String url(int port) {
    return "http://127.0.0.1:" + port;
  }
}
