package dev.tiphys.store;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import dev.tiphys.store.rpc.CompactionRequest;
import dev.tiphys.store.rpc.DeleteRangeRequest;
import dev.tiphys.store.rpc.HashKVRequest;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.LeaseGrantRequest;
import dev.tiphys.store.rpc.LeaseGrpc;
import dev.tiphys.store.rpc.LeaseLeasesRequest;
import dev.tiphys.store.rpc.MaintenanceGrpc;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.RangeRequest;
import dev.tiphys.store.rpc.RangeResponse;
import dev.tiphys.store.tool.StoreTool;
import io.grpc.Channel;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tools, on data directories and members as an operator has them. */
class StoreToolTest {
  private static final long COMPACTED = 8;

  @TempDir private Path directory = Path.of("");

  private final StringWriter output = new StringWriter();

  @Test
  void anEtcdMovesInWithItsHistory() throws Exception {
    assumeTrue(RealEtcd.isInstalled(), RealEtcd.MISSING);
    List<RangeResponse> expected;
    int hash;
    try (var etcd = new RealEtcd(directory)) {
      fill(etcd.channel());
      expected = history(etcd.channel());
      hash = hash(etcd.channel());
      run(
          0,
          "import",
          "--endpoints=127.0.0.1:" + etcd.port(),
          "--data-dir=" + directory.resolve("new"));
    }
    assertThat(output.toString()).contains("format=etcd revision=21 compacted=8");
    try (var store = new TestStore(directory.resolve("new"))) {
      assertThat(history(store.channel())).isEqualTo(expected);
      assertThat(hash(store.channel())).isEqualTo(hash);
      assertThat(leases(store.channel())).containsExactly(0x77L);
    }
  }

  @Test
  void aSnapshotFileOfAnEtcdIsRestored() throws Exception {
    assumeTrue(RealEtcd.isInstalled() && Program.isInstalled(), Program.MISSING);
    var file = directory.resolve("etcd.snapshot").toString();
    List<RangeResponse> expected;
    int hash;
    try (var etcd = new RealEtcd(directory)) {
      fill(etcd.channel());
      expected = history(etcd.channel());
      hash = hash(etcd.channel());
      new Program("--endpoints=127.0.0.1:" + etcd.port()).run("snapshot", "save", file);
    }
    run(0, "snapshot", "status", file);
    run(0, "snapshot", "restore", file, "--data-dir", directory.resolve("new").toString());
    try (var store = new TestStore(directory.resolve("new"))) {
      assertThat(history(store.channel())).isEqualTo(expected);
      assertThat(hash(store.channel())).isEqualTo(hash);
    }
    // The member's own file holds the same.
    run(0, "snapshot", "status", directory.resolve("etcd/member/snap/db").toString());
    byte[] bytes = Files.readAllBytes(Path.of(file));
    bytes[bytes.length / 2] ^= 1;
    Files.write(Path.of(file), bytes);
    run(1, "snapshot", "restore", file, "--data-dir", directory.resolve("other").toString());
    assertThat(output.toString()).contains("its checksum does not match");
    assertThat(directory.resolve("other")).doesNotExist();
  }

  @Test
  void aStoreMovesOutIntoAnEtcd() throws Exception {
    assumeTrue(RealEtcd.isInstalled() && Program.isInstalled(), Program.MISSING);
    var file = directory.resolve("for-etcd").toString();
    List<RangeResponse> expected;
    int hash;
    try (var store = new TestStore(directory.resolve("store"))) {
      fill(store.channel());
      expected = history(store.channel());
      hash = hash(store.channel());
      run(0, "export", "--endpoints=http://127.0.0.1:" + store.port(), file);
    }
    assertThat(new Program().run("snapshot", "status", file)).contains(", 21, ");
    new Program().run("snapshot", "restore", file, "--data-dir=" + directory.resolve("etcd"));
    try (var etcd = new RealEtcd(directory)) {
      assertThat(history(etcd.channel())).isEqualTo(expected);
      assertThat(hash(etcd.channel())).isEqualTo(hash);
      assertThat(leases(etcd.channel())).containsExactly(0x77L);
    }
  }

  @Test
  void usersMoveOutIntoAnEtcd() throws Exception {
    assumeTrue(RealEtcd.isInstalled() && Program.isInstalled(), Program.MISSING);
    var file = directory.resolve("for-etcd").toString();
    try (var store = new TestStore(directory.resolve("store"), "--bcrypt-cost=4")) {
      var endpoint = "--endpoints=127.0.0.1:" + store.port();
      var etcdctl = new Program(endpoint);
      for (var user : List.of("root:secret", "alice:pw", "\uff41:wide", "\ud83d\ude00:wider")) {
        etcdctl.run("user", "add", user);
      }
      etcdctl.run("user", "grant-role", "root", "root");
      etcdctl.run("role", "add", "reader");
      etcdctl.run("role", "grant-permission", "reader", "read", "a");
      etcdctl.run("user", "grant-role", "alice", "reader");
      etcdctl.run("put", "a", "1");
      etcdctl.run("auth", "enable");
      assertThat(new Program(endpoint, "--user=alice:pw").fail("snapshot", "save", file))
          .contains("permission denied");
      new Program(endpoint, "--user=root:secret").run("snapshot", "save", file);
    }
    new Program().run("snapshot", "restore", file, "--data-dir=" + directory.resolve("etcd"));
    try (var etcd = new RealEtcd(directory)) {
      var endpoint = "--endpoints=127.0.0.1:" + etcd.port();
      var alice = new Program(endpoint, "--user=alice:pw");
      await().untilAsserted(() -> assertThat(alice.run("get", "a")).isEqualTo("a\n1"));
      assertThat(alice.fail("put", "a", "2")).contains("permission denied");
      assertThat(new Program(endpoint).fail("get", "a")).contains("user name is empty");
      assertThat(new Program(endpoint, "--user=root:secret").run("user", "list").lines())
          .containsExactly("alice", "root", "\uff41", "\ud83d\ude00");
    }
  }

  @Test
  void aSnapshotIsSavedAndLookedAt() throws Exception {
    var file = directory.resolve("snapshot").toString();
    try (var store = new TestStore(directory.resolve("store"))) {
      fill(store.channel());
      run(0, "snapshot", "save", "--endpoints=127.0.0.1:" + store.port(), file);
      run(0, "member", "list", "--endpoints=127.0.0.1:" + store.port());
      check(store);
    }
    assertThat(output.toString())
        .contains("format=etcd revision=21 compacted=8")
        .contains("name=default")
        .contains("Throughput is")
        .contains("Stddev is");
  }

  @Test
  void aWholeDirectoryIsFoundWhole() throws Exception {
    var data = directory.resolve("store");
    try (var store = new TestStore(data)) {
      fill(store.channel());
    }
    run(0, "verify", data.toString());
    assertThat(output.toString()).contains("newest-revision=21").contains("OK");
    run(0, "dump", data.toString());
    assertThat(output.toString())
        .contains("put revision=2 create=2 version=1 lease=0 key=\"k0\" bytes=2")
        .contains("delete revision=");
    run(1, "verify", directory.resolve("nothing").toString());
    assertThat(directory.resolve("nothing")).doesNotExist();
  }

  @Test
  void damageIsNamedAndTheRestIsSaved() throws Exception {
    var data = directory.resolve("store");
    try (var store = new TestStore(data)) {
      fill(store.channel());
    }
    // In the middle of the log, and at its end.
    var segment = data.resolve("log/seg-00000001-00000001.0000.log");
    damage(segment, 200);
    run(1, "verify", data.toString());
    assertThat(output.toString())
        .contains("damaged file=" + segment.getFileName() + " offset=")
        .contains("newest-revision=21")
        .contains("DAMAGED");
    damage(segment, Files.size(segment) - 3);
    var saved = directory.resolve("saved");
    run(1, "verify", data.toString(), "--salvage", saved.toString());
    assertThat(output.toString()).contains("torn file=" + segment.getFileName());
    try (var store = new TestStore(saved)) {
      var found = KVGrpc.newBlockingStub(store.channel()).range(key("k1"));
      assertThat(found.getKvs(0).getValue()).isEqualTo(copyFromUtf8("v17"));
      assertThat(found.getHeader().getRevision()).isEqualTo(21);
    }
  }

  @Test
  void aSurvivorBecomesANewClusterWithAllItHas() throws Exception {
    var data = directory.resolve("store");
    List<RangeResponse> expected;
    try (var store = new TestStore(data)) {
      fill(store.channel());
      expected = history(store.channel());
    }
    var saved = directory.resolve("saved");
    run(0, "verify", data.toString(), "--salvage", saved.toString());
    try (var store = new TestStore(saved, "--name=other", "--initial-cluster-token=new")) {
      assertThat(history(store.channel())).isEqualTo(expected);
      assertThat(leases(store.channel())).containsExactly(0x77L);
    }
  }

  @Test
  void damageBeforeTheCheckpointIsTold() throws Exception {
    var data = directory.resolve("store");
    try (var store = new TestStore(data)) {
      fill(store.channel());
      var file = directory.resolve("snapshot").toString();
      run(0, "snapshot", "save", "--endpoints=127.0.0.1:" + store.port(), file);
    }
    damage(data.resolve("log/seg-00000001-00000001.0000.log"), 200);
    run(1, "verify", data.toString());
    assertThat(output.toString()).contains("a member refuses to start with it");
    Files.delete(data.resolve("log/seg-00000001-00000001.0000.log"));
    run(1, "verify", data.toString());
    assertThat(output.toString()).contains("segments 00000001 to 00000001 are missing");
  }

  private static void damage(Path file, long at) throws Exception {
    try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      var one = ByteBuffer.allocate(1);
      channel.read(one, at);
      one.put(0, (byte) (one.get(0) ^ 1)).rewind();
      channel.write(one, at);
    }
  }

  @Test
  void aWrongWordIsAnsweredWithTheRightOnes() {
    run(2, "snapshto");
    run(2);
    assertThat(output.toString()).contains("snapshot").contains("verify");
  }

  /** 20 revisions, one of them a deletion, and a compaction; the last one is of a lease. */
  private static void fill(Channel channel) {
    var kv = KVGrpc.newBlockingStub(channel).withWaitForReady();
    for (int i = 0; i < 18; i++) {
      kv.put(put("k" + i % 4, "v" + i).build());
    }
    var several = DeleteRangeRequest.newBuilder().setKey(copyFromUtf8("k2"));
    kv.deleteRange(several.setRangeEnd(copyFromUtf8("k4")).build());
    LeaseGrpc.newBlockingStub(channel)
        .leaseGrant(LeaseGrantRequest.newBuilder().setID(0x77).setTTL(5000).build());
    kv.put(put("leased", "x".repeat(9000)).setLease(0x77).build());
    kv.compact(CompactionRequest.newBuilder().setRevision(COMPACTED).build());
  }

  /** All keys, at every revision that is left. */
  private static List<RangeResponse> history(Channel channel) {
    var kv = KVGrpc.newBlockingStub(channel).withWaitForReady();
    var all = RangeRequest.newBuilder().setKey(zero()).setRangeEnd(zero());
    var found = new ArrayList<RangeResponse>();
    for (long revision = COMPACTED; revision <= 21; revision++) {
      var response = kv.range(all.setRevision(revision).build());
      assertThat(response.getHeader().getRevision()).isEqualTo(21);
      found.add(response.toBuilder().clearHeader().build());
    }
    return found;
  }

  /** What etcd and this store sum up the history to. */
  private static int hash(Channel channel) {
    return MaintenanceGrpc.newBlockingStub(channel)
        .hashKV(HashKVRequest.getDefaultInstance())
        .getHash();
  }

  private static List<Long> leases(Channel channel) {
    return LeaseGrpc.newBlockingStub(channel)
        .leaseLeases(LeaseLeasesRequest.getDefaultInstance())
        .getLeasesList()
        .stream()
        .map(lease -> lease.getID())
        .toList();
  }

  private static PutRequest.Builder put(String key, String value) {
    return PutRequest.newBuilder().setKey(copyFromUtf8(key)).setValue(copyFromUtf8(value));
  }

  private static RangeRequest key(String key) {
    return RangeRequest.newBuilder().setKey(copyFromUtf8(key)).build();
  }

  /** Whether it passes depends on the machine; that it measures does not. */
  private void check(TestStore store) {
    var writer = new PrintWriter(output, true);
    var endpoint = "--endpoints=127.0.0.1:" + store.port();
    assertThat(StoreTool.run(writer, writer, "check", "perf", "--duration=1", endpoint))
        .isBetween(0, 1);
  }

  private static ByteString zero() {
    return ByteString.copyFrom(new byte[1]);
  }

  private void run(int code, String... arguments) {
    var writer = new PrintWriter(output, true);
    assertThat(StoreTool.run(writer, writer, arguments)).as("%s", output).isEqualTo(code);
  }
}
