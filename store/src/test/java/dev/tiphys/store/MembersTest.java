package dev.tiphys.store;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tiphys.store.disk.CorruptLogException;
import dev.tiphys.store.disk.DirectoryDisk;
import dev.tiphys.store.rpc.AuthEnableRequest;
import dev.tiphys.store.rpc.AuthGrpc;
import dev.tiphys.store.rpc.AuthUserAddRequest;
import dev.tiphys.store.rpc.AuthUserGrantRoleRequest;
import dev.tiphys.store.rpc.AuthenticateRequest;
import dev.tiphys.store.rpc.ClusterGrpc;
import dev.tiphys.store.rpc.HashKVRequest;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.LeaseGrantRequest;
import dev.tiphys.store.rpc.LeaseGrpc;
import dev.tiphys.store.rpc.LeaseTimeToLiveRequest;
import dev.tiphys.store.rpc.MaintenanceGrpc;
import dev.tiphys.store.rpc.Member;
import dev.tiphys.store.rpc.MemberAddRequest;
import dev.tiphys.store.rpc.MemberListRequest;
import dev.tiphys.store.rpc.PutRequest;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several members: who leads, who follows, who comes and goes. */
class MembersTest {
  private static final Duration PATIENCE = TestCluster.PATIENCE;

  @TempDir private Path directory;
  private TestCluster cluster = new TestCluster(Path.of(""));

  @BeforeEach
  void begin() {
    cluster = new TestCluster(directory);
  }

  @AfterEach
  void stop() throws InterruptedException {
    cluster.close();
  }

  @Test
  void everyMemberTakesWritesAndReadsWhatTheOthersTook() throws Exception {
    var three = cluster.three();
    for (int i = 0; i < 3; i++) {
      three.get(i).put("k" + i, "v" + i);
      assertThat(three.get((i + 1) % 3).get("k" + i)).isEqualTo("v" + i);
    }
    long revision = TestCluster.status(three.getFirst()).getHeader().getRevision();
    assertThat(three.stream().map(s -> hash(s, revision)).distinct()).hasSize(1);
  }

  @Test
  void aUserWhoLoggedInAtOneMemberIsKnownAtAll() throws Exception {
    var three = cluster.three();
    var auth = AuthGrpc.newBlockingStub(three.get(0).channel());
    auth.userAdd(AuthUserAddRequest.newBuilder().setName("root").setPassword("pw").build());
    auth.userGrantRole(
        AuthUserGrantRoleRequest.newBuilder().setUser("root").setRole("root").build());
    Patiently.change(
        () -> auth.authEnable(AuthEnableRequest.getDefaultInstance()),
        "etcdserver: user name is empty");
    for (var store : three) { // or one that does not know yet would forget who asks
      assertThatThrownBy(() -> store.get("a")).hasMessageContaining("user name is empty");
    }
    var login = AuthenticateRequest.newBuilder().setName("root").setPassword("pw").build();
    for (int i = 0; i < 3; i++) {
      var headers = new Metadata();
      headers.put(
          Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER),
          AuthGrpc.newBlockingStub(three.get(i).channel()).authenticate(login).getToken());
      for (var store : three) {
        var known = MetadataUtils.newAttachHeadersInterceptor(headers);
        KVGrpc.newBlockingStub(store.channel())
            .withInterceptors(known)
            .put(PutRequest.newBuilder().setKey(copyFromUtf8("a")).build());
      }
    }
  }

  @Test
  void theOthersGoOnWhenTheLeaderIsGone() throws Exception {
    var three = new ArrayList<>(cluster.three());
    three.getFirst().put("before", "1");
    var leader = TestCluster.leader(three);
    three.remove(leader);
    cluster.stop(leader);
    for (var survivor : three) {
      await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> survivor.put("after", "2"));
      assertThat(survivor.get("before")).isEqualTo("1");
    }
  }

  @Test
  void aLeaseOutlivesItsLeaderAndIsKnownToAll() throws Exception {
    var three = cluster.three();
    var lease =
        LeaseGrpc.newBlockingStub(three.get(1).channel())
            .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(100).build())
            .getID();
    TestCluster.moveLead(three);
    for (var store : three) {
      var left =
          LeaseGrpc.newBlockingStub(store.channel())
              .leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder().setID(lease).build());
      assertThat(left.getTTL()).isBetween(1L, 100L);
      assertThat(left.getGrantedTTL()).isEqualTo(100);
    }
  }

  @Test
  void aMemberThatWasAddedFetchesTheStateAndLeavesAgain() throws Exception {
    int[] peers = {FreePort.pick(), FreePort.pick()};
    var first = cluster.start(0, "--initial-cluster=m0=" + TestCluster.url(peers[0]), peers[0]);
    for (int i = 0; i < 100; i++) {
      first.put("k" + i, "v" + i);
    }
    var members = ClusterGrpc.newBlockingStub(first.channel());
    var added =
        members.memberAdd(
            MemberAddRequest.newBuilder()
                .addPeerURLs(TestCluster.url(peers[1]))
                .setIsLearner(true)
                .build());
    assertThat(added.getMembersList()).hasSize(2);
    assertThat(added.getMember().getName()).isEmpty();
    var second =
        cluster.start(1, TestCluster.flag(peers), peers[1], "--initial-cluster-state=existing");
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(second.getStale("k99")).isEqualTo("v99"));
    long id = added.getMember().getID();
    TestCluster.promote(first, id);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(TestCluster.status(second).getIsLearner()).isFalse());
    await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> second.put("both", "1"));
    assertThat(first.get("both")).isEqualTo("1");

    TestCluster.remove(first, id);
    assertThat(members.memberList(MemberListRequest.getDefaultInstance()).getMembersList())
        .hasSize(1);
    cluster.stop(second);
    await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> first.put("alone", "1"));
  }

  @Test
  void aMemberThatJoinedTakesNobodyForAMemberWhomOnlyItsFlagsName() throws Exception {
    int[] peers = {FreePort.pick(), FreePort.pick(), FreePort.pick()};
    var first = cluster.start(0, "--initial-cluster=m0=" + TestCluster.url(peers[0]), peers[0]);
    var members = ClusterGrpc.newBlockingStub(first.channel());
    members.memberAdd(MemberAddRequest.newBuilder().addPeerURLs(TestCluster.url(peers[1])).build());
    var both =
        "--initial-cluster=m0=" + TestCluster.url(peers[0]) + ",m1=" + TestCluster.url(peers[1]);
    var second = cluster.start(1, both, peers[1], "--initial-cluster-state=existing");
    await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> second.put("a", "1"));
    cluster.stop(second);

    var again = cluster.start(1, both + ",m2=" + TestCluster.url(peers[2]), peers[1]);

    assertThat(
            ClusterGrpc.newBlockingStub(again.channel())
                .memberList(MemberListRequest.getDefaultInstance())
                .getMembersList())
        .flatExtracting(Member::getPeerURLsList)
        .containsExactlyInAnyOrder(TestCluster.url(peers[0]), TestCluster.url(peers[1]));
  }

  @Test
  void oneSurvivorBecomesANewCluster() throws Exception {
    int[] peers = {FreePort.pick(), FreePort.pick(), FreePort.pick()};
    var three = cluster.three(peers);
    for (int i = 0; i < 30; i++) {
      three.get(i % 3).put("k" + i, "v" + i);
    }
    long old = TestCluster.status(three.get(1)).getHeader().getClusterId();
    assertThat(three.get(1).get("k29")).isEqualTo("v29");
    for (var store : three) {
      cluster.stop(store);
    }
    var all = TestCluster.flag(peers);
    var forced = cluster.start(1, all, peers[1], "--force-new-cluster");
    assertThat(forced.get("k29")).isEqualTo("v29");
    forced.put("after", "1");
    assertThat(TestCluster.status(forced).getHeader().getClusterId()).isNotEqualTo(old);
    cluster.stop(forced);

    var survivor = cluster.start(1, all, peers[1]);
    assertThat(survivor.get("after")).isEqualTo("1");
    var members = ClusterGrpc.newBlockingStub(survivor.channel());
    assertThat(members.memberList(MemberListRequest.getDefaultInstance()).getMembersList())
        .extracting(Member::getName)
        .containsExactly("m1");
    int peer = FreePort.pick();
    members.memberAdd(MemberAddRequest.newBuilder().addPeerURLs(TestCluster.url(peer)).build());
    var second =
        cluster.start(
            3,
            "--initial-cluster=m1=" + TestCluster.url(peers[1]) + ",m3=" + TestCluster.url(peer),
            peer,
            "--initial-cluster-state=existing");
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(second.get("k7")).isEqualTo("v7"));
  }

  /**
   * After a power cut the revision log may be as it was some time ago; the Raft log has the rest.
   */
  @Test
  void aSurvivorOfAPowerCutHasWhatIsOnlyInItsRaftLog() throws Exception {
    int[] peers = {FreePort.pick(), FreePort.pick(), FreePort.pick()};
    var three = cluster.three(peers);
    three.get(0).put("before", "1");
    assertThat(three.get(1).get("before")).isEqualTo("1");
    cluster.stopAll();
    var log = directory.resolve("m1/log");
    var synced = Files.createDirectory(directory.resolve("synced"));
    copy(log, synced);
    three = cluster.three(peers);
    for (int i = 0; i < 30; i++) {
      three.get(i % 3).put("k" + i, "v" + i);
    }
    assertThat(three.get(1).get("k29")).isEqualTo("v29");
    cluster.stopAll();
    new DirectoryDisk(directory.resolve("m1")).deleteAll("log");
    copy(synced, Files.createDirectory(log));
    var forced = cluster.start(1, TestCluster.flag(peers), peers[1], "--force-new-cluster");
    for (int i = 0; i < 30; i++) {
      assertThat(forced.get("k" + i)).isEqualTo("v" + i);
    }
    forced.put("after", "1");
  }

  private static void copy(Path from, Path into) throws IOException {
    try (var files = Files.list(from)) {
      for (var file : files.toList()) {
        Files.copy(file, into.resolve(file.getFileName()));
      }
    }
  }

  /** What cannot be read of what was acknowledged is not forgotten in silence. */
  @Test
  void aMemberWithADamagedRaftLogIsRefused() throws Exception {
    int[] peers = {FreePort.pick(), FreePort.pick(), FreePort.pick()};
    var three = cluster.three(peers);
    three.getFirst().put("a", "1");
    TestCluster.moveLead(three).put("b", "2");
    assertThat(three.get(1).get("b")).isEqualTo("2");
    cluster.stopAll();
    // With another leader every member began another segment.
    var first = segments("m1").filter(f -> f.getFileName().toString().startsWith("log_0-"));
    var segment = first.findAny().orElseThrow();
    byte[] bytes = Files.readAllBytes(segment);
    bytes[20] ^= 1;
    Files.write(segment, bytes);
    assertThatThrownBy(() -> cluster.start(1, TestCluster.flag(peers), peers[1]))
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining(segment.getFileName() + " at offset 8: entry 0 is damaged")
        .hasMessageContaining("remove this member and add it again");
    assertThat(segment).hasBinaryContent(bytes);
  }

  private Stream<Path> segments(String member) throws IOException {
    try (var files = Files.walk(directory.resolve(member).resolve("raft"))) {
      return files.filter(f -> f.getFileName().toString().startsWith("log_")).toList().stream();
    }
  }

  @Test
  void twoMembersAtOnePlaceAreRefused() throws Exception {
    int peer = FreePort.pick();
    var store = cluster.start(0, "--initial-cluster=m0=" + TestCluster.url(peer), peer);
    assertThatThrownBy(() ->
            ClusterGrpc.newBlockingStub(store.channel())
                .memberAdd(
                    MemberAddRequest.newBuilder().addPeerURLs(TestCluster.url(peer)).build()))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("etcdserver: Peer URLs already exists");
  }

  private static int hash(TestStore store, long revision) {
    store.get("fresh");
    return MaintenanceGrpc.newBlockingStub(store.channel())
        .hashKV(HashKVRequest.newBuilder().setRevision(revision).build())
        .getHash();
  }
}
