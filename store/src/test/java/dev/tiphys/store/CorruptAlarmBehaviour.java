package dev.tiphys.store;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.store.rpc.AlarmRequest;
import dev.tiphys.store.rpc.AlarmType;
import dev.tiphys.store.rpc.CompactionRequest;
import dev.tiphys.store.rpc.DeleteRangeRequest;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.LeaseGrantRequest;
import dev.tiphys.store.rpc.LeaseGrpc;
import dev.tiphys.store.rpc.LeaseRevokeRequest;
import dev.tiphys.store.rpc.LeaseTimeToLiveRequest;
import dev.tiphys.store.rpc.MaintenanceGrpc;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.RangeRequest;
import dev.tiphys.store.rpc.RequestOp;
import dev.tiphys.store.rpc.StatusRequest;
import dev.tiphys.store.rpc.TxnRequest;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What an etcd refuses while its members may not agree. Runs against both. */
abstract class CorruptAlarmBehaviour {
  abstract ManagedChannel connect() throws Exception;

  @Test
  void writesAreRefusedAndReadsGoOn() throws Exception {
    var channel = connect();
    var kv = KVGrpc.newBlockingStub(channel).withWaitForReady();
    var leases = LeaseGrpc.newBlockingStub(channel);
    var put = PutRequest.newBuilder().setKey(copyFromUtf8("a")).build();
    var header = kv.put(put).getHeader();
    long lease = leases.leaseGrant(LeaseGrantRequest.newBuilder().setTTL(100).build()).getID();
    alarm(channel, header.getMemberId(), AlarmRequest.AlarmAction.ACTIVATE);

    refused(() -> kv.put(put));
    refused(
        () -> kv.deleteRange(DeleteRangeRequest.newBuilder().setKey(copyFromUtf8("a")).build()));
    refused(() ->
        kv.txn(
            TxnRequest.newBuilder().addSuccess(RequestOp.newBuilder().setRequestPut(put)).build()));
    refused(
        () -> kv.compact(CompactionRequest.newBuilder().setRevision(header.getRevision()).build()));
    refused(() -> leases.leaseGrant(LeaseGrantRequest.newBuilder().setTTL(100).build()));
    refused(() -> leases.leaseRevoke(LeaseRevokeRequest.newBuilder().setID(lease).build()));

    var get = RangeRequest.newBuilder().setKey(copyFromUtf8("a"));
    assertThat(kv.range(get.build()).getCount()).isEqualTo(1);
    assertThat(kv.range(get.setSerializable(true).build()).getCount()).isEqualTo(1);
    var read = TxnRequest.newBuilder().addSuccess(RequestOp.newBuilder().setRequestRange(get));
    assertThat(kv.txn(read.build()).getResponses(0).getResponseRange().getCount()).isEqualTo(1);
    var ttl = LeaseTimeToLiveRequest.newBuilder().setID(lease).build();
    assertThat(leases.leaseTimeToLive(ttl).getTTL()).isPositive();
    assertThat(
            MaintenanceGrpc.newBlockingStub(channel)
                .status(StatusRequest.getDefaultInstance())
                .getErrorsList())
        .containsExactly(
            "memberID:" + Long.toUnsignedString(header.getMemberId()) + " alarm:CORRUPT ");

    alarm(channel, header.getMemberId(), AlarmRequest.AlarmAction.DEACTIVATE);
    assertThat(kv.put(put).getHeader().getRevision()).isEqualTo(header.getRevision() + 1);
  }

  private static void alarm(ManagedChannel channel, long member, AlarmRequest.AlarmAction action) {
    MaintenanceGrpc.newBlockingStub(channel)
        .alarm(
            AlarmRequest.newBuilder()
                .setAction(action)
                .setMemberID(member)
                .setAlarm(AlarmType.CORRUPT)
                .build());
  }

  private static void refused(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getDescription()).isEqualTo("etcdserver: corrupt cluster");
              assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.DATA_LOSS);
            });
  }
}
