package dev.tiphys.store.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import dev.tiphys.store.disk.FlakyDisk;
import dev.tiphys.store.disk.RevisionLog;
import dev.tiphys.store.disk.Room;
import dev.tiphys.store.mvcc.Guard;
import dev.tiphys.store.mvcc.Leases;
import dev.tiphys.store.mvcc.Machine;
import dev.tiphys.store.mvcc.Outcome;
import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.record.AuthCommand;
import dev.tiphys.store.record.AuthRecord;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.rpc.PutRequest;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** A cluster of one whose commands stand still while the test says so. */
class LoneTest {
  private static final int MEGABYTE = 1 << 20;

  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);

  /** Lets everybody do everything, later. */
  private final class Slow implements Guard {
    @Override
    public void check(Command command, Leases leases) {
      begun.countDown();
      try {
        goOn.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public Decision decide(AuthCommand command) {
      return OPEN.decide(command);
    }

    @Override
    public void restore(AuthRecord record) {}

    @Override
    public AuthRecord describe() {
      return OPEN.describe();
    }
  }

  @Test
  void whatWaitsIsBoundedInBytes() throws Exception {
    var machine = new Machine(new FlakyDisk(1), RevisionLog.Limits.DEFAULT, new Slow(), Room.NONE);
    try (machine;
        var lone = new Lone(1, machine, reason -> {})) {
      var outcomes = new ArrayList<CompletableFuture<Outcome>>();
      outcomes.add(lone.propose(put(MEGABYTE)));
      begun.await();
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 200; i++) {
                  outcomes.add(lone.propose(put(MEGABYTE)));
                }
              })
          .hasMessage(StoreError.TOO_MANY_REQUESTS.text());
      assertThat(outcomes).hasSizeBetween(60, 70);

      goOn.countDown();
      for (var outcome : outcomes) {
        assertThat(response(outcome.get())).isNotNull();
      }
      assertThat(response(lone.propose(put(MEGABYTE)).get())).isNotNull();
    } finally {
      goOn.countDown();
    }
  }

  private static MessageLite response(Outcome outcome) {
    return ((Outcome.Done) outcome).response();
  }

  private static Command put(int bytes) {
    return Command.newBuilder()
        .setPut(
            PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("k"))
                .setValue(ByteString.copyFrom(new byte[bytes])))
        .build();
  }
}
