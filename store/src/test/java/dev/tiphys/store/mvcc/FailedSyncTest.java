package dev.tiphys.store.mvcc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.tiphys.store.disk.FlakyDisk;
import dev.tiphys.store.record.Batch;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.rpc.PutRequest;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What the system could not write it forgets, and calls the next sync a success. So the first
 * failure counts for good, whoever met it.
 */
class FailedSyncTest {
  private final FlakyDisk disk = new FlakyDisk(1);

  @Test
  void aSyncThatFailedForASnapshotIsNotForgottenByTheNextCheckpoint() throws Exception {
    var machine = new Machine(disk, Rig.LIMITS);
    long durable = machine.durable().index();
    machine.apply(1, 5, Batch.newBuilder().addCommands(put()).build());
    machine.mustBeSound();
    disk.failSync();
    assertThatThrownBy(() -> machine.view(state -> state.files(_ -> {})))
        .hasMessage("Input/output error");
    assertThatThrownBy(machine::checkpoint)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("a sync of the log failed")
        .hasMessageContaining("Input/output error");
    assertThatThrownBy(machine::mustBeSound).hasMessageContaining("a sync of the log failed");
    assertThat(machine.durable().index()).isEqualTo(durable);
  }

  @Test
  void aLoneMemberAnswersNothingAfterIt() throws Exception {
    var machine = new Machine(disk, Rig.LIMITS);
    machine.applySynced(1, List.of(put()));
    disk.failSync();
    assertThatThrownBy(() -> machine.applySynced(1, List.of(put())))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> machine.applySynced(1, List.of(put())))
        .hasMessageContaining("a sync of the log failed");
  }

  private static Command put() {
    return Command.newBuilder()
        .setPut(PutRequest.newBuilder().setKey(ByteString.copyFromUtf8("k")))
        .build();
  }
}
