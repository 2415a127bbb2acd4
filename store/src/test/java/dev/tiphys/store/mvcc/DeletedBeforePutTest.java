package dev.tiphys.store.mvcc;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.tiphys.store.disk.FlakyDisk;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.rpc.DeleteRangeRequest;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.RangeRequest;
import dev.tiphys.store.rpc.RequestOp;
import dev.tiphys.store.rpc.TxnRequest;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A transaction may delete all keys from one on and put one of them; but it can keep nothing of
 * what it has deleted by then. It is refused as a whole, and what refuses it lives.
 */
class DeletedBeforePutTest {
  private static final ByteString TO_THE_END = ByteString.copyFrom(new byte[] {0});

  private static final RequestOp DELETION =
      RequestOp.newBuilder()
          .setRequestDeleteRange(
              DeleteRangeRequest.newBuilder().setKey(copyFromUtf8("a")).setRangeEnd(TO_THE_END))
          .build();

  private static final PutRequest VALUE = put().setIgnoreValue(true).build();
  private static final PutRequest LEASE =
      put().setIgnoreLease(true).setValue(copyFromUtf8("2")).build();

  @Test
  void nothingIsKeptOfWhatIsGone() throws IOException {
    for (var put : List.of(VALUE, LEASE)) {
      assertRefused(TxnRequest.newBuilder().addSuccess(DELETION).addSuccess(op(put)));
      var inner = TxnRequest.newBuilder().addSuccess(DELETION);
      assertRefused(
          TxnRequest.newBuilder()
              .addSuccess(RequestOp.newBuilder().setRequestTxn(inner))
              .addSuccess(op(put)));
      inner = TxnRequest.newBuilder().addSuccess(op(put));
      assertRefused(
          TxnRequest.newBuilder()
              .addSuccess(DELETION)
              .addSuccess(RequestOp.newBuilder().setRequestTxn(inner)));
    }
  }

  @Test
  void whatIsDeletedAfterwardsWasThere() throws IOException {
    try (var machine = machine()) {
      var outcome =
          apply(machine, TxnRequest.newBuilder().addSuccess(op(VALUE)).addSuccess(DELETION));
      assertThat(outcome).isInstanceOf(Outcome.Done.class);
      assertThat(value(machine)).isEmpty();
    }
  }

  private static void assertRefused(TxnRequest.Builder txn) throws IOException {
    try (var machine = machine()) {
      assertThat(apply(machine, txn)).isEqualTo(new Outcome.Refused(StoreError.KEY_NOT_FOUND));
      assertThat(value(machine)).isEqualTo("1");
      assertThat(apply(machine, TxnRequest.newBuilder().addSuccess(op(VALUE))))
          .isInstanceOf(Outcome.Done.class);
    }
  }

  private static Machine machine() throws IOException {
    var machine = new Machine(new FlakyDisk(0), Rig.LIMITS);
    var first = put().setValue(copyFromUtf8("1")).build();
    assertThat(apply(machine, TxnRequest.newBuilder().addSuccess(op(first))))
        .isInstanceOf(Outcome.Done.class);
    return machine;
  }

  private static Outcome apply(Machine machine, TxnRequest.Builder txn) throws IOException {
    return machine.applySynced(1, List.of(Command.newBuilder().setTxn(txn).build())).getFirst();
  }

  private static String value(Machine machine) throws IOException {
    var found = machine.range(RangeRequest.newBuilder().setKey(copyFromUtf8("b")).build());
    return found.getCount() == 0 ? "" : found.getKvs(0).getValue().toStringUtf8();
  }

  private static PutRequest.Builder put() {
    return PutRequest.newBuilder().setKey(copyFromUtf8("b"));
  }

  private static RequestOp op(PutRequest put) {
    return RequestOp.newBuilder().setRequestPut(put).build();
  }
}
