package dev.tiphys.store;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.tiphys.store.rpc.ClusterGrpc;
import dev.tiphys.store.rpc.Member;
import dev.tiphys.store.rpc.MemberAddRequest;
import dev.tiphys.store.rpc.MemberListRequest;
import dev.tiphys.store.rpc.MemberPromoteRequest;
import dev.tiphys.store.rpc.MemberRemoveRequest;
import dev.tiphys.store.rpc.MemberUpdateRequest;
import dev.tiphys.store.rpc.PutRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which changes of members are refused, and what becomes of those that are not. */
class MemberChangesTest {
  private static final String BAD_URLS = "etcdserver: given member URLs are invalid";
  private static final String UNHEALTHY = "etcdserver: unhealthy cluster";
  private static final String NO_LEARNER = "etcdserver: can only promote a learner member";
  private static final String NOT_READY =
      "etcdserver: can only promote a learner member which is in sync with leader";

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
  void urlsByWhichNobodyCouldBeReachedAreRefused() throws Exception {
    int peer = FreePort.pick();
    var store = cluster.start(0, TestCluster.flag(peer), peer);
    long self = id(store);
    for (var url :
        List.of(
            "10.0.0.4:2380",
            "m4:2380",
            "http://10.0.0.4",
            "http://10.0.0.4:0",
            "http://10.0.0.4:70000",
            "http://10.0.0.4:2380/",
            "http://:2380",
            "unix://m4:2380",
            "http://a b:2380",
            "")) {
      refused(Status.Code.INVALID_ARGUMENT, BAD_URLS, () -> add(store, url));
      refused(Status.Code.INVALID_ARGUMENT, BAD_URLS, () -> update(store, self, url));
    }
    refused(
        Status.Code.INVALID_ARGUMENT,
        BAD_URLS,
        () -> members(store).memberAdd(MemberAddRequest.getDefaultInstance()));
    refused(Status.Code.NOT_FOUND, "etcdserver: member not found", () -> update(store, 77, url(1)));
    assertThat(list(store)).hasSize(1);
  }

  @Test
  void aMemberThatIsNeededStays() throws Exception {
    var three = new ArrayList<>(cluster.three());
    var leader = TestCluster.leader(three);
    three.remove(leader);
    var down = three.removeLast();
    var needed = three.removeLast();
    long lost = id(down);
    cluster.stop(down);
    for (var asked : List.of(leader, needed)) {
      refused(Status.Code.UNAVAILABLE, UNHEALTHY, () -> remove(asked, id(needed)));
      refused(Status.Code.UNAVAILABLE, UNHEALTHY, () -> add(asked, url(1)));
    }
    leader.put("still", "1");
    TestCluster.remove(needed, lost);
    assertThat(list(needed)).hasSize(2);
    needed.put("two", "1");
  }

  /** What it says is read where an operator would. */
  @Test
  void aRemovedMemberEndsWithWords() throws Exception {
    int[] peers = {FreePort.pick(), FreePort.pick()};
    var first = cluster.start(0, TestCluster.flag(peers[0]), peers[0]);
    long id = TestCluster.add(first, url(peers[1]));
    try (var second =
        new StoreProcess(
            directory.resolve("m1"),
            FreePort.pick(),
            "--name=m1",
            TestCluster.flag(peers),
            "--initial-cluster-state=existing",
            "--listen-peer-urls=" + url(peers[1]))) {
      var put = PutRequest.newBuilder().setKey(copyFromUtf8("k")).build();
      Patiently.ask(() -> second.kv().put(put));
      TestCluster.remove(first, id);
      await()
          .atMost(TestCluster.PATIENCE)
          .until(
              () -> Files.readString(directory.resolve("store.log")).contains("stopping reason"));
      assertThat(Files.readString(directory.resolve("store.log")))
          .contains("this member was removed from its cluster");
    }
  }

  @Test
  void aLearnerIsPromotedOnceItIsInSync() throws Exception {
    int[] peers = {FreePort.pick(), FreePort.pick()};
    var first = cluster.start(0, TestCluster.flag(peers[0]), peers[0]);
    var learner = MemberAddRequest.newBuilder().addPeerURLs(url(peers[1])).setIsLearner(true);
    long id = TestCluster.add(first, learner.build());
    refused(Status.Code.FAILED_PRECONDITION, NOT_READY, () -> promote(first, id));
    refused(
        Status.Code.FAILED_PRECONDITION,
        "etcdserver: too many learner members in cluster",
        () -> members(first).memberAdd(learner.setPeerURLs(0, url(1)).build()));
    refused(Status.Code.FAILED_PRECONDITION, NO_LEARNER, () -> promote(first, id(first)));
    refused(Status.Code.NOT_FOUND, "etcdserver: member not found", () -> promote(first, 77));

    var second = join(peers);
    assertThat(list(second))
        .extracting(Member::getIsLearner)
        .containsExactlyInAnyOrder(false, true);
    TestCluster.promote(second, id);
    assertThat(list(first)).extracting(Member::getIsLearner).containsExactly(false, false);
    // It has a vote that it can use: else it could not be elected.
    var both = List.of(first, second);
    await()
        .atMost(TestCluster.PATIENCE)
        .until(() -> TestCluster.leader(both) == second || TestCluster.moveLead(both) == second);
  }

  @Test
  void whoAsksForAPromotionAgainWaitsOn() throws Exception {
    int[] peers = {FreePort.pick(), FreePort.pick()};
    var first = cluster.start(0, TestCluster.flag(peers[0]), peers[0]);
    var learner = MemberAddRequest.newBuilder().addPeerURLs(url(peers[1])).setIsLearner(true);
    long id = TestCluster.add(first, learner.build());
    join(peers);
    // The learner leaves and comes again: longer than this client has patience.
    await()
        .atMost(TestCluster.PATIENCE)
        .until(() -> {
          try {
            members(first)
                .withDeadlineAfter(50, TimeUnit.MILLISECONDS)
                .memberPromote(MemberPromoteRequest.newBuilder().setID(id).build());
            return true;
          } catch (StatusRuntimeException e) {
            return NO_LEARNER.equals(e.getStatus().getDescription());
          }
        });
    assertThat(list(first)).extracting(Member::getIsLearner).containsExactly(false, false);
  }

  @Test
  void aLearnerThatDoesNotAnswerIsNotPromoted() throws Exception {
    int[] peers = {FreePort.pick(), FreePort.pick()};
    var first = cluster.start(0, TestCluster.flag(peers[0]), peers[0], "--max-learners=2");
    var learner = MemberAddRequest.newBuilder().addPeerURLs(url(peers[1])).setIsLearner(true);
    long id = TestCluster.add(first, learner.build());
    // From alone to one of several it is not there for a moment.
    TestCluster.add(first, learner.setPeerURLs(0, url(1)).build());
    refused(
        Status.Code.FAILED_PRECONDITION,
        "etcdserver: too many learner members in cluster",
        () -> members(first).memberAdd(learner.setPeerURLs(0, url(2)).build()));
    var second = join(peers);
    cluster.stop(second);
    refused(Status.Code.FAILED_PRECONDITION, NOT_READY, () -> promote(first, id));
    first.put("k", "v");
  }

  @Test
  void aMemberMoves() throws Exception {
    int[] peers = {FreePort.pick(), FreePort.pick(), FreePort.pick()};
    var three = new ArrayList<>(cluster.three(peers));
    var all = List.copyOf(three);
    var leader = TestCluster.leader(three);
    three.remove(leader);
    var moving = three.removeFirst();
    long id = id(moving);
    int number = all.indexOf(moving);
    int other = number == 0 ? 1 : 0;
    refused(
        Status.Code.FAILED_PRECONDITION,
        "etcdserver: Peer URLs already exists",
        () -> update(leader, id, url(peers[other])));
    cluster.stop(moving);
    int place = FreePort.pick();
    Patiently.change(() -> update(leader, id, url(place)), "etcdserver: Peer URLs already exists");
    leader.put("meanwhile", "1");
    var moved = cluster.start(number, TestCluster.flag(peers), place);
    await()
        .atMost(TestCluster.PATIENCE)
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(moved.get("meanwhile")).isEqualTo("1"));
    assertThat(list(moved))
        .filteredOn(member -> member.getID() == id)
        .extracting(member -> member.getPeerURLs(0))
        .containsExactly(url(place));
    moved.put("back", "1");
  }

  @Test
  void aTakenPeerPortIsWaitedFor() throws Exception {
    int[] peers = {FreePort.pick(), FreePort.pick()};
    TestStore first;
    try (var taken = new ServerSocket(peers[0], 1, InetAddress.getLoopbackAddress())) {
      first = cluster.start(0, TestCluster.flag(peers[0]), peers[0]);
      TestCluster.add(first, url(peers[1]));
      for (int i = 0; i < 2000; i++) {
        first.put("k", "v" + i);
      }
      assertThat(taken.isBound()).isTrue();
      assertThat(first.hasEnded()).isFalse();
    }
    var second =
        cluster.start(1, TestCluster.flag(peers), peers[1], "--initial-cluster-state=existing");
    await()
        .atMost(TestCluster.PATIENCE)
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(second.get("k")).isEqualTo("v1999"));
  }

  @Test
  void whoBeganAloneGoesOnWhateverTheFlagsSay() throws Exception {
    int[] peers = {FreePort.pick(), FreePort.pick()};
    var store = cluster.start(0, TestCluster.flag(peers[0]), peers[0]);
    store.put("k", "v");
    cluster.stop(store);
    var existing =
        cluster.start(0, TestCluster.flag(peers), peers[0], "--initial-cluster-state=existing");
    existing.put("k2", "v2");
    cluster.stop(existing);
    var several = cluster.start(0, TestCluster.flag(peers), peers[0]);
    assertThat(several.get("k2")).isEqualTo("v2");
    assertThat(list(several)).hasSize(1);
  }

  private static void refused(Status.Code code, String text, ThrowingCallable call) {
    var refusal = Patiently.ask(() -> refusal(call));
    assertThat(refusal.getDescription()).isEqualTo(text);
    assertThat(refusal.getCode()).isEqualTo(code);
  }

  private static Status refusal(ThrowingCallable call) {
    var thrown = catchThrowableOfType(StatusRuntimeException.class, call);
    assertThat(thrown).as("what was asked was done").isNotNull();
    if (Patiently.isForWantOfLeader(thrown)) {
      throw thrown; // it was not looked at
    }
    return thrown.getStatus();
  }

  private static ClusterGrpc.ClusterBlockingStub members(TestStore store) {
    return ClusterGrpc.newBlockingStub(store.channel());
  }

  /** Starts the second one, and waits until it takes writes. */
  private TestStore join(int[] peers) throws Exception {
    var second =
        cluster.start(1, TestCluster.flag(peers), peers[1], "--initial-cluster-state=existing");
    await()
        .atMost(TestCluster.PATIENCE)
        .ignoreExceptions()
        .untilAsserted(() -> second.put("k", "v"));
    return second;
  }

  private static void add(TestStore store, String url) {
    members(store).memberAdd(MemberAddRequest.newBuilder().addPeerURLs(url).build());
  }

  private static void update(TestStore store, long id, String url) {
    members(store)
        .memberUpdate(MemberUpdateRequest.newBuilder().setID(id).addPeerURLs(url).build());
  }

  private static void remove(TestStore store, long id) {
    members(store).memberRemove(MemberRemoveRequest.newBuilder().setID(id).build());
  }

  private static void promote(TestStore store, long id) {
    members(store).memberPromote(MemberPromoteRequest.newBuilder().setID(id).build());
  }

  private static List<Member> list(TestStore store) {
    var request = MemberListRequest.newBuilder().setLinearizable(true).build();
    return Patiently.ask(() -> members(store).memberList(request)).getMembersList();
  }

  private static long id(TestStore store) {
    return TestCluster.status(store).getHeader().getMemberId();
  }

  private static String url(int port) {
    return TestCluster.url(port);
  }
}
