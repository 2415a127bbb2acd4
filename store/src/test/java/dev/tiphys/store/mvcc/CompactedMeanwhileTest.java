package dev.tiphys.store.mvcc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.tiphys.store.disk.FlakyDisk;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.rpc.CompactionRequest;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.RangeRequest;
import dev.tiphys.store.rpc.RequestOp;
import dev.tiphys.store.rpc.TxnRequest;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Compaction that overtakes a transaction of reads hides no key from it. */
class CompactedMeanwhileTest {
  @Test
  void aTransactionOfReadsSeesAllKeysOfOneRevision() throws IOException {
    var disk = new FlakyDisk(0);
    try (var machine = new Machine(disk, Rig.LIMITS)) {
      put(machine, "a", "1");
      put(machine, "b", "1");
      disk.beforeNextRead(() -> {
        put(machine, "b", "2");
        put(machine, "a", "2");
        var compact = CompactionRequest.newBuilder().setRevision(machine.revision());
        apply(machine, Command.newBuilder().setCompact(compact));
        machine.dropCompacted();
      });
      var answer =
          machine.read(TxnRequest.newBuilder().addSuccess(get("a")).addSuccess(get("b")).build());
      assertThat(answer.getResponsesList())
          .extracting(r -> r.getResponseRange().getKvs(0).getValue().toStringUtf8())
          .containsExactly("2", "2");
      assertThat(answer.getHeader().getRevision()).isEqualTo(machine.revision());
    }
  }

  private static RequestOp get(String key) {
    return RequestOp.newBuilder()
        .setRequestRange(RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)))
        .build();
  }

  private static void put(Machine machine, String key, String value) throws IOException {
    apply(
        machine,
        Command.newBuilder()
            .setPut(
                PutRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8(key))
                    .setValue(ByteString.copyFromUtf8(value))));
  }

  private static void apply(Machine machine, Command.Builder command) throws IOException {
    assertThat(machine.applySynced(1, List.of(command.build())))
        .first()
        .isInstanceOf(Outcome.Done.class);
  }
}
