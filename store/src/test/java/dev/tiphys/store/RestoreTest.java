package dev.tiphys.store;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tiphys.daemon.ConfigException;
import dev.tiphys.store.rpc.ClusterGrpc;
import dev.tiphys.store.rpc.HashKVRequest;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.MaintenanceGrpc;
import dev.tiphys.store.rpc.MemberListRequest;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.tool.StoreTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What begins with a state that was restored: one member, of a cluster that there never was. */
class RestoreTest {
  @TempDir private Path directory;
  private TestCluster cluster = new TestCluster(Path.of(""));

  @BeforeEach
  void begin() {
    cluster = new TestCluster(directory.resolve("new"));
  }

  @AfterEach
  void stop() throws InterruptedException {
    cluster.close();
  }

  @Test
  void itDoesNotBeginAsOneOfSeveral() throws Exception {
    int[] peers = {FreePort.pick(), FreePort.pick(), FreePort.pick()};
    restore(snapshot("--name=m0"), 0);
    assertThatThrownBy(() -> cluster.start(0, TestCluster.flag(peers), peers[0]))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("--initial-cluster: must name m0 only");
    assertThatThrownBy(() ->
            cluster.start(
                0, TestCluster.flag(peers[0]), peers[0], "--initial-cluster-state=existing"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("--initial-cluster-state");
    // Nothing was decided by what was refused.
    var alone = cluster.start(0, TestCluster.flag(peers[0]), peers[0]);
    assertThat(count(alone)).isEqualTo(1);
  }

  /** The files of the log alone, in the directory of a member that has begun nothing yet. */
  @Test
  void itIsRefusedAlsoUnderAnIdentityThatIsThere() throws Exception {
    int[] peers = {FreePort.pick(), FreePort.pick(), FreePort.pick()};
    var several = cluster.start(1, TestCluster.flag(peers), peers[1]);
    cluster.stop(several);
    restore(snapshot("--name=m0"), 0);
    Files.copy(directory.resolve("new/m1/identity"), directory.resolve("new/m0/identity"));
    assertThatThrownBy(() -> cluster.start(0, TestCluster.flag(peers), peers[0]))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("names only itself");
  }

  @Test
  void itIsAnotherClusterThanItWas() throws Exception {
    int peer = FreePort.pick();
    var flags = new String[] {"--name=m0", "--listen-peer-urls=" + TestCluster.url(peer)};
    var file = snapshot(flags);
    long before;
    try (var old = new TestStore(directory.resolve("old"), flags)) {
      before = TestCluster.status(old).getHeader().getClusterId();
    }
    restore(file, 0);
    var restored = cluster.start(0, TestCluster.flag(peer), peer);
    assertThat(TestCluster.status(restored).getRaftIndex()).isNotNegative();
    assertThat(TestCluster.status(restored).getRaftAppliedIndex()).isNotNegative();
    long after = TestCluster.status(restored).getHeader().getClusterId();
    assertThat(after).isNotEqualTo(before);
    cluster.stop(restored);
    var again = cluster.start(0, TestCluster.flag(peer), peer);
    assertThat(TestCluster.status(again).getHeader().getClusterId()).isEqualTo(after);
  }

  @Test
  void theOthersAreAddedToIt() throws Exception {
    int[] peers = {FreePort.pick(), FreePort.pick(), FreePort.pick()};
    restore(snapshot("--name=m0"), 0);
    var first = cluster.start(0, TestCluster.flag(peers[0]), peers[0]);
    for (int i = 1; i < 3; i++) {
      int number = i;
      int[] sofar = Arrays.copyOf(peers, i + 1);
      TestCluster.add(first, TestCluster.url(peers[number]));
      var next =
          cluster.start(i, TestCluster.flag(sofar), peers[i], "--initial-cluster-state=existing");
      await()
          .atMost(TestCluster.PATIENCE)
          .ignoreExceptions()
          .untilAsserted(() -> {
            put(next, "after" + number);
            assertThat(hash(next)).isEqualTo(hash(first));
          });
    }
  }

  /** Of a member with something in it. */
  private Path snapshot(String... flags) throws Exception {
    var file = directory.resolve("snapshot");
    try (var old = new TestStore(directory.resolve("old"), flags)) {
      for (int i = 0; i < 100; i++) {
        put(old, "k" + i);
      }
      int saved =
          StoreTool.run(
              "snapshot", "save", file.toString(), "--endpoints", "http://127.0.0.1:" + old.port());
      assertThat(saved).isZero();
    }
    return file;
  }

  private void restore(Path file, int number) throws IOException {
    var into = directory.resolve("new/m" + number).toString();
    assertThat(StoreTool.run("snapshot", "restore", file.toString(), "--data-dir", into)).isZero();
  }

  private static int count(TestStore store) {
    return ClusterGrpc.newBlockingStub(store.channel())
        .memberList(MemberListRequest.getDefaultInstance())
        .getMembersCount();
  }

  private static void put(TestStore store, String key) {
    KVGrpc.newBlockingStub(store.channel())
        .put(PutRequest.newBuilder().setKey(copyFromUtf8(key)).build());
  }

  private static int hash(TestStore store) {
    return MaintenanceGrpc.newBlockingStub(store.channel())
        .hashKV(HashKVRequest.getDefaultInstance())
        .getHash();
  }
}
