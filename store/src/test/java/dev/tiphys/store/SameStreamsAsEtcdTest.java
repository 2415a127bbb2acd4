package dev.tiphys.store;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tiphys.store.rpc.AlarmRequest;
import dev.tiphys.store.rpc.AlarmType;
import dev.tiphys.store.rpc.CampaignRequest;
import dev.tiphys.store.rpc.ClusterGrpc;
import dev.tiphys.store.rpc.CompactionRequest;
import dev.tiphys.store.rpc.DefragmentRequest;
import dev.tiphys.store.rpc.ElectionGrpc;
import dev.tiphys.store.rpc.HashKVRequest;
import dev.tiphys.store.rpc.HealthCheckRequest;
import dev.tiphys.store.rpc.HealthGrpc;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.LeaderKey;
import dev.tiphys.store.rpc.LeaderRequest;
import dev.tiphys.store.rpc.LeaderResponse;
import dev.tiphys.store.rpc.LeaseGrantRequest;
import dev.tiphys.store.rpc.LeaseGrpc;
import dev.tiphys.store.rpc.LeaseKeepAliveRequest;
import dev.tiphys.store.rpc.LeaseKeepAliveResponse;
import dev.tiphys.store.rpc.LockGrpc;
import dev.tiphys.store.rpc.LockRequest;
import dev.tiphys.store.rpc.MaintenanceGrpc;
import dev.tiphys.store.rpc.MemberListRequest;
import dev.tiphys.store.rpc.MoveLeaderRequest;
import dev.tiphys.store.rpc.ProclaimRequest;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.ResignRequest;
import dev.tiphys.store.rpc.StatusRequest;
import dev.tiphys.store.rpc.UnlockRequest;
import dev.tiphys.store.rpc.WatchCancelRequest;
import dev.tiphys.store.rpc.WatchCreateRequest;
import dev.tiphys.store.rpc.WatchGrpc;
import dev.tiphys.store.rpc.WatchProgressRequest;
import dev.tiphys.store.rpc.WatchRequest;
import dev.tiphys.store.rpc.WatchResponse;
import io.grpc.Channel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Streams, locks, elections and maintenance: as a real etcd answers. Skipped where none is
 * installed.
 */
class SameStreamsAsEtcdTest {
  @TempDir private Path directory = Path.of("");

  @Test
  void watchStreamsAnswerAlike() throws Exception {
    assumeTrue(RealEtcd.isInstalled(), RealEtcd.MISSING);
    try (var both = new Pair(directory)) {
      for (int i = 0; i < 6; i++) {
        put(both, "w" + i % 2, "v" + i);
      }
      both.ask(KVGrpc.getCompactMethod(), CompactionRequest.newBuilder().setRevision(4).build());
      sameTalk(both, create("w0", "", 0), create("w1", "", 0), cancel(0), cancel(0), cancel(17));
      sameTalk(both, create("w0", "", 0).setWatchId(5), create("w0", "", 0).setWatchId(5));
      sameTalk(both, create("w0", "", 0).setWatchId(5), create("w0", "", 0), cancel(5));
      sameTalk(both, create("b", "a", 0), create("a", "a", 0));
      sameTalk(both, create("w0", "", 2));
      sameTalk(both, create("w0", "", 3), create("w0", "", 4));
      sameTalk(both, create("w0", "", 100), create("", "\0", 0), create("w", "\0", 0));
      sameTalk(both, create("w0", "", 6).setPrevKv(true));
      sameTalk(
          both,
          create("w0", "x", 4).setPrevKv(true).addFilters(WatchCreateRequest.FilterType.NODELETE));
      sameTalk(both, create("w0", "x", 4).addFilters(WatchCreateRequest.FilterType.NOPUT));
      sameTalk(both, WatchRequest.newBuilder());
    }
  }

  @Test
  void progressIsReportedToThoseWhoAskForIt() throws Exception {
    assumeTrue(RealEtcd.isInstalled(), RealEtcd.MISSING);
    try (var both = new Pair(directory, "--experimental-watch-progress-notify-interval=200ms")) {
      put(both, "elsewhere", "1");
      var watch = create("p", "", 0).setProgressNotify(true).setWatchId(9);
      for (var channel : List.of(both.ours(), both.theirs())) {
        var inbox = new Inbox<WatchResponse>();
        var stream = WatchGrpc.newStub(channel).watch(inbox);
        stream.onNext(WatchRequest.newBuilder().setCreateRequest(watch).build());
        assertThat(inbox.next().getCreated()).isTrue();
        for (int i = 0; i < 2; i++) {
          assertThat(Call.text(inbox.next()))
              .isEqualTo("header {\n  revision: 2\n}\nwatch_id: 9\n");
        }
        stream.onCompleted();
      }
    }
  }

  @Test
  void membersAndTheirStateAreTold() throws Exception {
    assumeTrue(RealEtcd.isInstalled(), RealEtcd.MISSING);
    try (var both = new Pair(directory)) {
      put(both, "a", "1");
      both.ask(HealthGrpc.getCheckMethod(), HealthCheckRequest.getDefaultInstance());
      both.ask(
          HealthGrpc.getCheckMethod(), HealthCheckRequest.newBuilder().setService("x").build());
      for (var channel : List.of(both.ours(), both.theirs())) {
        var members =
            ClusterGrpc.newBlockingStub(channel).memberList(MemberListRequest.getDefaultInstance());
        assertThat(members.getMembersCount()).isEqualTo(1);
        var self = members.getMembers(0);
        assertThat(self.getID()).isEqualTo(members.getHeader().getMemberId()).isNotZero();
        assertThat(self.getName()).isEqualTo("default");
        assertThat(self.getPeerURLsCount()).isEqualTo(1);
        assertThat(self.getClientURLsCount()).isEqualTo(1);
        assertThat(self.getIsLearner()).isFalse();
        var maintenance = MaintenanceGrpc.newBlockingStub(channel);
        var status = maintenance.status(StatusRequest.getDefaultInstance());
        assertThat(status.getLeader()).isEqualTo(self.getID());
        assertThat(status.getHeader().getClusterId()).isNotZero();
        assertThat(status.getHeader().getRaftTerm()).isEqualTo(status.getRaftTerm()).isPositive();
        assertThat(status.getRaftAppliedIndex()).isEqualTo(status.getRaftIndex()).isPositive();
        assertThat(status.getVersion()).startsWith("3.");
        assertThat(status.getDbSize()).isGreaterThanOrEqualTo(status.getDbSizeInUse()).isPositive();
        assertThat(status.getErrorsList()).isEmpty();
        var hash = maintenance.hashKV(HashKVRequest.getDefaultInstance());
        assertThat(hash.getCompactRevision()).isEqualTo(-1);
        assertThat(maintenance.hashKV(HashKVRequest.newBuilder().setRevision(2).build()).getHash())
            .isEqualTo(hash.getHash());
        KVGrpc.newBlockingStub(channel)
            .put(PutRequest.newBuilder().setKey(copyFromUtf8("a")).build());
        assertThat(maintenance.hashKV(HashKVRequest.getDefaultInstance()).getHash())
            .isNotEqualTo(hash.getHash());
        assertThat(maintenance.hashKV(HashKVRequest.newBuilder().setRevision(2).build()).getHash())
            .isEqualTo(hash.getHash());
      }
    }
  }

  @Test
  void leasesAreKeptAlike() throws Exception {
    assumeTrue(RealEtcd.isInstalled(), RealEtcd.MISSING);
    try (var both = new Pair(directory)) {
      for (long ttl : new long[] {0, -1, 1, 2, 60, 9_000_000_000L, 9_000_000_001L}) {
        both.ask(
            LeaseGrpc.getLeaseGrantMethod(),
            LeaseGrantRequest.newBuilder().setID(ttl + 10).setTTL(ttl).build());
      }
      for (long id : new long[] {70, 99, 0, -3}) {
        assertThat(keepAlive(both.ours(), id)).isEqualTo(keepAlive(both.theirs(), id));
      }
    }
  }

  @Test
  void maintenanceAnswersAlike() throws Exception {
    assumeTrue(RealEtcd.isInstalled(), RealEtcd.MISSING);
    try (var both = new Pair(directory)) {
      put(both, "a", "1");
      alarm(both, AlarmRequest.AlarmAction.GET, 0, AlarmType.NONE);
      alarm(both, AlarmRequest.AlarmAction.ACTIVATE, 7, AlarmType.NOSPACE);
      alarm(both, AlarmRequest.AlarmAction.ACTIVATE, 7, AlarmType.NOSPACE);
      put(both, "a", "2");
      both.ask(
          LeaseGrpc.getLeaseGrantMethod(),
          LeaseGrantRequest.newBuilder().setID(5).setTTL(50).build());
      alarm(both, AlarmRequest.AlarmAction.GET, 7, AlarmType.NOSPACE);
      alarm(both, AlarmRequest.AlarmAction.DEACTIVATE, 8, AlarmType.NOSPACE);
      alarm(both, AlarmRequest.AlarmAction.DEACTIVATE, 7, AlarmType.NOSPACE);
      put(both, "a", "3");
      alarm(both, AlarmRequest.AlarmAction.GET, 0, AlarmType.NONE);
      sameButHeader(
          both,
          new Call<>(
              MaintenanceGrpc.getDefragmentMethod(), DefragmentRequest.getDefaultInstance()));
      both.ask(
          MaintenanceGrpc.getMoveLeaderMethod(),
          MoveLeaderRequest.newBuilder().setTargetID(1).build());
      both.ask(
          MaintenanceGrpc.getHashKVMethod(), HashKVRequest.newBuilder().setRevision(99).build());
      both.ask(KVGrpc.getCompactMethod(), CompactionRequest.newBuilder().setRevision(3).build());
      both.ask(
          MaintenanceGrpc.getHashKVMethod(), HashKVRequest.newBuilder().setRevision(1).build());
    }
  }

  @Test
  void locksGoFromHandToHandAlike() throws Exception {
    assumeTrue(RealEtcd.isInstalled(), RealEtcd.MISSING);
    try (var both = new Pair(directory)) {
      lease(both, 0x11);
      lease(both, 0x12);
      var first = lock("l", 0x11);
      both.ask(LockGrpc.getLockMethod(), first);
      both.ask(LockGrpc.getLockMethod(), first); // held already: the same answer again
      var theirs =
          inBackground(
              () -> new Call<>(LockGrpc.getLockMethod(), lock("l", 0x12)).answer(both.theirs()));
      var ours =
          inBackground(
              () -> new Call<>(LockGrpc.getLockMethod(), lock("l", 0x12)).answer(both.ours()));
      awaitKeys(both.theirs(), "l/", 2);
      awaitKeys(both.ours(), "l/", 2);
      both.ask(
          LockGrpc.getUnlockMethod(),
          UnlockRequest.newBuilder().setKey(copyFromUtf8("l/11")).build());
      assertThat(ours.get()).isEqualTo(theirs.get());
      both.ask(
          LockGrpc.getUnlockMethod(),
          UnlockRequest.newBuilder().setKey(copyFromUtf8("none")).build());
      both.ask(LockGrpc.getUnlockMethod(), UnlockRequest.getDefaultInstance());
      both.ask(LockGrpc.getLockMethod(), lock("l", 0x99));
    }
  }

  @Test
  void electionsAreHeldAlike() throws Exception {
    assumeTrue(RealEtcd.isInstalled(), RealEtcd.MISSING);
    try (var both = new Pair(directory)) {
      lease(both, 0x11);
      lease(both, 0x12);
      var name = LeaderRequest.newBuilder().setName(copyFromUtf8("e")).build();
      both.ask(ElectionGrpc.getLeaderMethod(), name);
      var theirLeaders = observe(both.theirs(), name);
      var ourLeaders = observe(both.ours(), name);
      both.ask(ElectionGrpc.getCampaignMethod(), campaign("e", 0x11, "one"));
      both.ask(ElectionGrpc.getLeaderMethod(), name);
      same(theirLeaders, ourLeaders);
      both.ask(ElectionGrpc.getCampaignMethod(), campaign("e", 0x11, "again"));
      same(theirLeaders, ourLeaders);
      var leader = leader("e", 0x11, 2);
      both.ask(ElectionGrpc.getProclaimMethod(), proclaim(leader, "two"));
      same(theirLeaders, ourLeaders);
      both.ask(
          ElectionGrpc.getProclaimMethod(),
          proclaim(leader.toBuilder().setRev(77).build(), "three"));
      both.ask(ElectionGrpc.getProclaimMethod(), ProclaimRequest.getDefaultInstance());
      both.ask(ElectionGrpc.getResignMethod(), ResignRequest.getDefaultInstance());
      var theirs =
          inBackground(() ->
              new Call<>(ElectionGrpc.getCampaignMethod(), campaign("e", 0x12, "next"))
                  .answer(both.theirs()));
      var ours =
          inBackground(() ->
              new Call<>(ElectionGrpc.getCampaignMethod(), campaign("e", 0x12, "next"))
                  .answer(both.ours()));
      awaitKeys(both.theirs(), "e/", 2);
      awaitKeys(both.ours(), "e/", 2);
      both.ask(
          ElectionGrpc.getResignMethod(), ResignRequest.newBuilder().setLeader(leader).build());
      assertThat(ours.get()).isEqualTo(theirs.get());
      same(theirLeaders, ourLeaders);
      both.ask(ElectionGrpc.getLeaderMethod(), name);
    }
  }

  private static void same(Inbox<LeaderResponse> theirs, Inbox<LeaderResponse> ours)
      throws InterruptedException {
    assertThat(ours.next().getKv()).isEqualTo(theirs.next().getKv());
  }

  private static Inbox<LeaderResponse> observe(Channel channel, LeaderRequest name) {
    var inbox = new Inbox<LeaderResponse>();
    ElectionGrpc.newStub(channel).observe(name, inbox);
    return inbox;
  }

  private static CompletableFuture<String> inBackground(java.util.function.Supplier<String> call) {
    var answer = new CompletableFuture<String>();
    Thread.startVirtualThread(() -> answer.complete(call.get()));
    return answer;
  }

  private static void awaitKeys(Channel channel, String prefix, int count) {
    var range =
        dev.tiphys.store.rpc.RangeRequest.newBuilder()
            .setKey(copyFromUtf8(prefix))
            .setRangeEnd(copyFromUtf8(prefix.replace('/', '0')))
            .build();
    org.awaitility.Awaitility.await()
        .until(() -> KVGrpc.newBlockingStub(channel).range(range).getCount() == count);
  }

  private static CampaignRequest campaign(String name, long lease, String value) {
    return CampaignRequest.newBuilder()
        .setName(copyFromUtf8(name))
        .setLease(lease)
        .setValue(copyFromUtf8(value))
        .build();
  }

  private static ProclaimRequest proclaim(LeaderKey leader, String value) {
    return ProclaimRequest.newBuilder().setLeader(leader).setValue(copyFromUtf8(value)).build();
  }

  private static LeaderKey leader(String name, long lease, long revision) {
    return LeaderKey.newBuilder()
        .setName(copyFromUtf8(name))
        .setKey(copyFromUtf8(name + "/" + Long.toHexString(lease)))
        .setLease(lease)
        .setRev(revision)
        .build();
  }

  private static LockRequest lock(String name, long lease) {
    return LockRequest.newBuilder().setName(copyFromUtf8(name)).setLease(lease).build();
  }

  private static void lease(Pair both, long id) {
    both.ask(
        LeaseGrpc.getLeaseGrantMethod(),
        LeaseGrantRequest.newBuilder().setID(id).setTTL(600).build());
  }

  private static void alarm(
      Pair both, AlarmRequest.AlarmAction action, long member, AlarmType type) {
    sameButHeader(
        both,
        new Call<>(
            MaintenanceGrpc.getAlarmMethod(),
            AlarmRequest.newBuilder()
                .setAction(action)
                .setMemberID(member)
                .setAlarm(type)
                .build()));
  }

  /** etcd 3.4 forgets the header of some answers. */
  private static void sameButHeader(Pair both, Call<?, ?> call) {
    assertThat(call.answer(both.ours()).replaceFirst("header \\{[^}]*\\}\n", ""))
        .as("%s", call)
        .isEqualTo(call.answer(both.theirs()));
  }

  private static void put(Pair both, String key, String value) {
    both.ask(
        KVGrpc.getPutMethod(),
        PutRequest.newBuilder().setKey(copyFromUtf8(key)).setValue(copyFromUtf8(value)).build());
  }

  private static String keepAlive(Channel channel, long id) throws InterruptedException {
    var answers = new Inbox<LeaseKeepAliveResponse>();
    var requests = LeaseGrpc.newStub(channel).leaseKeepAlive(answers);
    requests.onNext(LeaseKeepAliveRequest.newBuilder().setID(id).build());
    var answer = Call.text(answers.next());
    requests.onCompleted();
    return answer;
  }

  private static WatchCreateRequest.Builder create(String key, String end, long start) {
    return WatchCreateRequest.newBuilder()
        .setKey(copyFromUtf8(key))
        .setRangeEnd(copyFromUtf8(end))
        .setStartRevision(start);
  }

  private static WatchRequest.Builder cancel(long id) {
    return WatchRequest.newBuilder()
        .setCancelRequest(WatchCancelRequest.newBuilder().setWatchId(id));
  }

  /** Says the same to both on a new stream, and compares all that comes back. */
  private static void sameTalk(Pair both, Object... requests) throws InterruptedException {
    var said = new ArrayList<WatchRequest>();
    for (var request : requests) {
      said.add(
          switch (request) {
            case WatchCreateRequest.Builder create ->
                WatchRequest.newBuilder().setCreateRequest(create).build();
            case WatchRequest.Builder other -> other.build();
            default -> throw new IllegalArgumentException(request.toString());
          });
    }
    var ours = talk(both.ours(), said, 0);
    assertThat(ours).as("%s", said).isEqualTo(talk(both.theirs(), said, ours.size()));
  }

  /**
   * Says all of it and returns what comes back: first so much as is expected, then what comes
   * before a progress report. Ours comes after everything else, that of etcd 3.4 at any time.
   */
  private static List<String> talk(Channel channel, List<WatchRequest> requests, int expected)
      throws InterruptedException {
    var inbox = new Inbox<WatchResponse>();
    var stream = WatchGrpc.newStub(channel).withWaitForReady().watch(inbox);
    requests.forEach(stream::onNext);
    var answers = new ArrayList<String>();
    var events = new ArrayList<String>();
    while (answers.size() + events.size() < expected) {
      note(inbox.next(), answers, events);
    }
    stream.onNext(
        WatchRequest.newBuilder()
            .setProgressRequest(WatchProgressRequest.getDefaultInstance())
            .build());
    while (true) {
      var response = inbox.next();
      if (response.getWatchId() == -1 && !response.getCreated() && !response.getCanceled()) {
        stream.onCompleted();
        // What is said of different watches may come in any order.
        answers.sort(Comparator.comparing(answer -> answer.substring(0, answer.indexOf(':'))));
        answers.addAll(events.stream().sorted().toList());
        return answers;
      }
      note(response, answers, events);
    }
  }

  /** Events may come in any number of responses, between the answers to requests. */
  private static void note(WatchResponse response, List<String> answers, List<String> events) {
    response.getEventsList().forEach(e -> events.add(response.getWatchId() + ": " + e));
    if (response.getEventsCount() == 0) {
      answers.add(response.getWatchId() + ": " + Call.text(response));
    }
  }
}
