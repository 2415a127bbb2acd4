package dev.tiphys.store;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tiphys.daemon.Termination;
import dev.tiphys.store.disk.FlakyDisk;
import dev.tiphys.store.disk.RevisionLog;
import dev.tiphys.store.mvcc.Machine;
import dev.tiphys.store.record.Batch;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.rpc.CompactionRequest;
import dev.tiphys.store.rpc.PutRequest;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** The work in the background goes on whatever clients do, and ends the member when it must. */
class HousekeeperTest {
  private final FlakyDisk disk = new FlakyDisk(1);
  private final Termination termination = new Termination();
  private final CountDownLatch fetching = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);

  @Test
  void aClientThatTakesNothingOfItsSnapshotHoldsUpNoCheckpoint() throws Exception {
    try (var machine = new Machine(disk, RevisionLog.Limits.DEFAULT);
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        var housekeeper = housekeeper(machine)) {
      machine.apply(1, 1, Batch.newBuilder().addCommands(put()).addCommands(put()).build());
      machine.apply(1, 2, Batch.newBuilder().addCommands(compact()).build());
      var snapshot =
          threads.submit(() -> {
            machine.view(_ -> {
              fetching.countDown();
              goOn.await();
            });
            return true;
          });
      fetching.await();
      threads.submit(() -> {
        housekeeper.run();
        return true;
      });
      machine.apply(1, 3, Batch.newBuilder().addCommands(put()).build());
      await().until(() -> machine.durable().index() == 3);
      machine.apply(1, 4, Batch.newBuilder().addCommands(put()).build());
      await().until(() -> machine.durable().index() == 4);
      goOn.countDown();
      assertThat(snapshot.get()).isTrue();
      housekeeper.close();
    }
    assertThat(termination.isRequested()).isFalse();
  }

  @Test
  void aSyncThatFailedForAClientEndsTheMember() throws Exception {
    try (var machine = new Machine(disk, RevisionLog.Limits.DEFAULT);
        var housekeeper = housekeeper(machine)) {
      machine.apply(1, 1, Batch.newBuilder().addCommands(put()).build());
      disk.failSync();
      assertThatThrownBy(() -> machine.view(state -> state.files(_ -> {})))
          .isInstanceOf(IOException.class);
      housekeeper.run();
    }
    assertThat(termination.isRequested()).isTrue();
  }

  /** A checkpoint is due as soon as anything was applied. */
  private Housekeeper housekeeper(Machine machine) {
    return new Housekeeper(machine, 0, System::nanoTime, termination);
  }

  private static Command put() {
    return Command.newBuilder().setPut(PutRequest.newBuilder().setKey(copyFromUtf8("k"))).build();
  }

  private static Command compact() {
    return Command.newBuilder().setCompact(CompactionRequest.newBuilder().setRevision(3)).build();
  }
}
