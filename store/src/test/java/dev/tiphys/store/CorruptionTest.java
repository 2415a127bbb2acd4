package dev.tiphys.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tiphys.store.disk.Tampering;
import dev.tiphys.store.rpc.AlarmMember;
import dev.tiphys.store.rpc.AlarmRequest;
import dev.tiphys.store.rpc.AlarmType;
import dev.tiphys.store.rpc.CompactionRequest;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.MaintenanceGrpc;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A member whose state was altered behind its back, with checksums that are right, is found. */
class CorruptionTest {
  private static final String OFTEN = "--experimental-corrupt-check-time=200ms";
  private static final String[] COMPACTED = {
    "--experimental-compact-hash-check-enabled", "--experimental-compact-hash-check-time=200ms"
  };
  private static final String INITIAL = "--experimental-initial-corrupt-check";

  @TempDir private Path directory;
  private int[] peers = {};
  private TestCluster cluster = new TestCluster(Path.of(""));

  @BeforeEach
  void begin() throws IOException {
    peers = new int[] {FreePort.pick(), FreePort.pick(), FreePort.pick()};
    cluster = new TestCluster(directory);
  }

  @AfterEach
  void stop() throws InterruptedException {
    cluster.close();
  }

  @Test
  void itsAlarmIsRaisedAndEndsWhenItWasReplaced() throws Exception {
    var three = cluster.three(peers, OFTEN);
    three.get(0).put("a", "right");
    long damaged = damage(three, 2);
    var back = cluster.start(2, TestCluster.flag(peers), peers[2], OFTEN);
    assertThat(back.getStale("a")).isEqualTo("wrong");

    awaitAlarm(three.get(0), damaged);
    for (var store : List.of(three.get(0), three.get(1), back)) {
      assertThatThrownBy(() -> store.put("c", "1"))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> {
                assertThat(e.getStatus().getDescription()).isEqualTo("etcdserver: corrupt cluster");
                assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.DATA_LOSS);
              });
    }

    var first = three.getFirst();
    TestCluster.remove(first, damaged);
    await().atMost(TestCluster.PATIENCE).until(back::hasEnded);
    cluster.stop(back);
    int peer = FreePort.pick();
    TestCluster.add(first, TestCluster.url(peer));
    var fresh =
        cluster.start(
            3,
            TestCluster.flag(peers[0], peers[1]) + ",m3=" + TestCluster.url(peer),
            peer,
            "--initial-cluster-state=existing",
            OFTEN);
    MaintenanceGrpc.newBlockingStub(first.channel())
        .alarm(
            AlarmRequest.newBuilder()
                .setAction(AlarmRequest.AlarmAction.DEACTIVATE)
                .setAlarm(AlarmType.CORRUPT)
                .build());
    first.put("c", "1");
    var now = List.of(first, three.get(1), fresh);
    long before = Comparisons.count(now, "same");
    await().atMost(TestCluster.PATIENCE).until(() -> Comparisons.count(now, "same") > before + 3);
    assertThat(alarms(first)).isEmpty();
  }

  /** Who leads then is chance, so the damaged one may be the leader. */
  @Test
  void itsAlarmIsRaisedWhoeverLeads() throws Exception {
    var three = cluster.three(peers);
    three.get(0).put("a", "right");
    long damaged = damage(three, 0);
    cluster.stopAll();
    three = cluster.three(peers, OFTEN);
    awaitAlarm(three.get(1), damaged);
  }

  @Test
  void withoutAMajorityNobodyIsNamed() throws Exception {
    var three = cluster.three(peers, OFTEN);
    three.get(0).put("a", "right");
    cluster.stop(three.get(2)); // and stays away
    damage(three, 0);
    cluster.start(0, TestCluster.flag(peers), peers[0], OFTEN);
    awaitAlarm(three.get(1), 0);
  }

  @Test
  void itIsFoundByWhatWasThereAtACompaction() throws Exception {
    var three = cluster.three(peers, COMPACTED);
    three.get(0).put("a", "right");
    three.get(0).put("b", "1");
    long damaged = damage(three, 1);
    cluster.start(1, TestCluster.flag(peers), peers[1], COMPACTED);
    var first = three.getFirst();
    long revision = TestCluster.status(first).getHeader().getRevision();
    await()
        .atMost(TestCluster.PATIENCE)
        .ignoreExceptions()
        .until(() ->
            KVGrpc.newBlockingStub(first.channel())
                .compact(CompactionRequest.newBuilder().setRevision(revision).build())
                .hasHeader());
    awaitAlarm(first, damaged);
  }

  @ParameterizedTest
  @ValueSource(strings = {INITIAL, "--feature-gates=InitialCorruptCheck=true"})
  void itDoesNotStartWhenItIsToldToLook(String flag) throws Exception {
    var three = cluster.three(peers, flag);
    three.get(0).put("a", "right");
    damage(three, 2);
    assertThatThrownBy(() -> cluster.start(2, TestCluster.flag(peers), peers[2], flag))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("this member holds something else than the majority does")
        .hasMessageContaining("member remove");
    await()
        .atMost(TestCluster.PATIENCE)
        .ignoreExceptions()
        .untilAsserted(() -> three.get(0).put("b", "1")); // the others go on
    assertThat(alarms(three.get(0))).isEmpty();
  }

  /** Stops a member and alters a value that it has; returns its number. */
  private long damage(List<TestStore> stores, int number) throws Exception {
    var store = stores.get(number);
    await().atMost(TestCluster.PATIENCE).until(() -> !store.getStale("a").isEmpty());
    long id = TestCluster.status(store).getHeader().getMemberId();
    cluster.stop(store);
    var log = directory.resolve("m" + number + "/log");
    assertThat(Tampering.alter(log, "right".getBytes(UTF_8), "wrong".getBytes(UTF_8))).isPositive();
    return id;
  }

  private static void awaitAlarm(TestStore store, long member) {
    var expected = AlarmMember.newBuilder().setMemberID(member).setAlarm(AlarmType.CORRUPT).build();
    await().atMost(TestCluster.PATIENCE).ignoreExceptions().until(() -> !alarms(store).isEmpty());
    assertThat(alarms(store)).containsExactly(expected);
  }

  private static List<AlarmMember> alarms(TestStore store) {
    return MaintenanceGrpc.newBlockingStub(store.channel())
        .alarm(AlarmRequest.getDefaultInstance())
        .getAlarmsList();
  }
}
