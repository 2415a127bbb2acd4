package dev.tiphys.store;

import static com.google.protobuf.ByteString.copyFrom;
import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tiphys.store.rpc.AlarmMember;
import dev.tiphys.store.rpc.AlarmRequest;
import dev.tiphys.store.rpc.AlarmType;
import dev.tiphys.store.rpc.ClusterGrpc;
import dev.tiphys.store.rpc.CompactionRequest;
import dev.tiphys.store.rpc.Compare;
import dev.tiphys.store.rpc.DeleteRangeRequest;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.MaintenanceGrpc;
import dev.tiphys.store.rpc.MemberAddRequest;
import dev.tiphys.store.rpc.MemberRemoveRequest;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.RequestOp;
import dev.tiphys.store.rpc.TxnRequest;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Past the quota: what goes on, and how it ends. */
class OutOfSpaceTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String NO_SPACE = "etcdserver: mvcc: database space exceeded";

  @TempDir private Path directory = Path.of("");

  @Test
  void transactionsThatOnlyDeleteGoOn() throws Exception {
    try (var store = new TestStore(directory, "--quota-backend-bytes=20000")) {
      fill(store, 1000);
    }
    // So far over it that the smallest request is too large.
    try (var store = new TestStore(directory, "--quota-backend-bytes=10000")) {
      var kv = KVGrpc.newBlockingStub(store.channel());
      var exists =
          Compare.newBuilder()
              .setKey(copyFromUtf8("k0"))
              .setTarget(Compare.CompareTarget.VERSION)
              .setVersion(1)
              .build();
      var delete = TxnRequest.newBuilder().addCompare(exists).addSuccess(delete("k0"));
      var nested = RequestOp.newBuilder().setRequestTxn(delete).build();
      assertThat(kv.txn(TxnRequest.newBuilder().addSuccess(nested).build()).getSucceeded())
          .isTrue();
      assertThat(kv.txn(delete.build()).getSucceeded()).isFalse();
      // A put in the branch that is not taken counts.
      var put =
          RequestOp.newBuilder()
              .setRequestPut(PutRequest.newBuilder().setKey(copyFromUtf8("k0")))
              .build();
      assertThatThrownBy(() -> kv.txn(delete.clone().addFailure(put).build()))
          .isInstanceOf(StatusRuntimeException.class)
          .hasMessageContaining(NO_SPACE);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2 << 20, 16 << 20, 24 << 20})
  void compactionEndsTheAlarm(int quota) throws Exception {
    try (var store = new TestStore(directory, "--quota-backend-bytes=" + quota)) {
      fill(store, quota / 48);
      var kv = KVGrpc.newBlockingStub(store.channel());
      long revision =
          kv.txn(TxnRequest.newBuilder().addSuccess(delete("k")).build()).getHeader().getRevision();
      kv.compact(CompactionRequest.newBuilder().setRevision(revision).build());
      await().atMost(PATIENCE).until(() -> alarms(store).isEmpty());
      put(store, "again", 1);
    }
  }

  @Test
  void theAlarmOfAnEarlierRunEndsWithALargerQuota() throws Exception {
    try (var store = new TestStore(directory, "--quota-backend-bytes=20000")) {
      fill(store, 1000);
    }
    try (var store = new TestStore(directory, "--quota-backend-bytes=40000")) {
      await().atMost(PATIENCE).until(() -> alarms(store).isEmpty());
      put(store, "again", 1);
    }
  }

  @Test
  void theAlarmOfAFormerMemberEnds() throws Exception {
    var url = "http://127.0.0.1:" + FreePort.pick();
    try (var store =
        new TestStore(directory, "--initial-cluster=default=" + url, "--listen-peer-urls=" + url)) {
      var members = ClusterGrpc.newBlockingStub(store.channel());
      var other = "http://127.0.0.1:" + FreePort.pick();
      long added =
          members
              .memberAdd(
                  MemberAddRequest.newBuilder().addPeerURLs(other).setIsLearner(true).build())
              .getMember()
              .getID();
      await()
          .atMost(PATIENCE)
          .ignoreExceptions()
          .until(() ->
              MaintenanceGrpc.newBlockingStub(store.channel())
                  .alarm(
                      AlarmRequest.newBuilder()
                          .setAction(AlarmRequest.AlarmAction.ACTIVATE)
                          .setMemberID(added)
                          .setAlarm(AlarmType.NOSPACE)
                          .build())
                  .hasHeader());
      assertThat(alarms(store)).extracting(AlarmMember::getMemberID).containsExactly(added);
      members.memberRemove(MemberRemoveRequest.newBuilder().setID(added).build());
      await().atMost(PATIENCE).ignoreExceptions().until(() -> alarms(store).isEmpty());
      put(store, "again", 1);
    }
  }

  /** Puts until one is refused. */
  private static void fill(TestStore store, int bytes) {
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 1000; i++) {
                put(store, "k" + i, bytes);
              }
            })
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining(NO_SPACE);
    assertThat(alarms(store)).extracting(AlarmMember::getAlarm).containsExactly(AlarmType.NOSPACE);
  }

  private static void put(TestStore store, String key, int bytes) {
    KVGrpc.newBlockingStub(store.channel())
        .put(
            PutRequest.newBuilder()
                .setKey(copyFromUtf8(key))
                .setValue(copyFrom(new byte[bytes]))
                .build());
  }

  /** One key, or with "k" all that begin with it. */
  private static RequestOp delete(String key) {
    var delete = DeleteRangeRequest.newBuilder().setKey(copyFromUtf8(key));
    if (key.equals("k")) {
      delete.setRangeEnd(copyFromUtf8("l"));
    }
    return RequestOp.newBuilder().setRequestDeleteRange(delete).build();
  }

  private static List<AlarmMember> alarms(TestStore store) {
    return MaintenanceGrpc.newBlockingStub(store.channel())
        .alarm(AlarmRequest.getDefaultInstance())
        .getAlarmsList();
  }
}
