package dev.tiphys.store.raft;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.record.Batch;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.rpc.PutRequest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How batches of all members become entries, on an event loop that turns when the test says so. */
class GatheringTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(7);

  private final ArrayDeque<Runnable> loop = new ArrayDeque<>();
  private final List<ByteString> entries = new ArrayList<>();
  private final List<CompletableFuture<Void>> fates = new ArrayList<>();
  private final Gathering gathering = new Gathering(this::append, loop::add);

  @Test
  void whatFindsNothingOnItsWayTravelsAtOnceAsItIs() {
    var batch = batch(1, "a");
    gathering.add(batch);
    turn();
    assertThat(entries).containsExactly(batch);
  }

  @Test
  void whileAnEntryIsOnItsWayTheBatchesOfAllMembersGather() throws Exception {
    gathering.add(batch(1, "a"));
    turn();
    gathering.add(batch(1, "b"));
    gathering.add(batch(2, "c"));
    gathering.add(batch(3, "d"));
    turn();
    assertThat(entries).hasSize(1);
    fates.getFirst().complete(null);
    turn();
    assertThat(parts(entries.get(1))).containsExactly(batch(1, "b"), batch(2, "c"), batch(3, "d"));
  }

  @Test
  void aReleaseThatKnowsNoPartsWouldRefuseTheEntry() throws Exception {
    gathering.add(batch(1, "a"));
    turn();
    gathering.add(batch(1, "b"));
    gathering.add(batch(2, "c"));
    fates.getFirst().complete(null);
    turn();
    var entry = Batch.parseFrom(entries.get(1));
    assertThat(entry.getCommandsList())
        .extracting(Command::getWhatCase)
        .containsExactly(Command.WhatCase.WHAT_NOT_SET);
  }

  @Test
  void eachBatchHearsWhatBecameOfItsEntry() {
    var first = gathering.add(batch(1, "a"));
    turn();
    var second = gathering.add(batch(2, "b"));
    var third = gathering.add(batch(3, "c"));
    turn();
    fates.getFirst().complete(null);
    turn();
    assertThat(first).isCompleted();
    assertThat(second).isNotDone();
    fates.get(1).completeExceptionally(StoreError.LEADER_CHANGED.exception());
    assertThat(second).isCompletedExceptionally();
    assertThat(third).isCompletedExceptionally();
  }

  @Test
  void anEntryThatFailedMakesRoomForTheNext() {
    gathering.add(batch(1, "a"));
    turn();
    gathering.add(batch(1, "b"));
    fates.getFirst().completeExceptionally(StoreError.NO_LEADER.exception());
    turn();
    assertThat(entries).containsExactly(batch(1, "a"), batch(1, "b"));
  }

  @Test
  void anEntryIsNoLargerThanALogTakes() throws Exception {
    gathering.add(batch(1, "a"));
    turn();
    var large = "x".repeat(Proposals.MAX_BYTES / 2 - 100);
    gathering.add(batch(1, large));
    gathering.add(batch(2, large));
    gathering.add(batch(3, large));
    fates.getFirst().complete(null);
    turn();
    assertThat(parts(entries.get(1))).hasSize(2);
    fates.get(1).complete(null);
    turn();
    assertThat(entries.get(2)).isEqualTo(batch(3, large));
  }

  @Test
  void whoComesWhenFarTooMuchWaitsIsToldToBackOff() {
    gathering.add(batch(1, "a"));
    turn();
    var large = batch(1, "x".repeat(1 << 20));
    CompletableFuture<Void> last = gathering.add(large);
    for (int i = 0; i < 64; i++) {
      last = gathering.add(large);
    }
    assertThat(last).isCompletedExceptionally();
  }

  @Test
  void anEntryThatIsNeverHeardOfIsGivenUp() {
    var never = gathering.add(batch(1, "a"));
    turn();
    gathering.add(batch(1, "b"));
    gathering.expire(1, TIMEOUT);
    turn();
    assertThat(entries).hasSize(1);
    gathering.expire(TIMEOUT.toNanos() + 2, TIMEOUT);
    turn();
    assertThat(never).isCompletedExceptionally();
    assertThat(entries).hasSize(2);
  }

  private CompletableFuture<Void> append(ByteString entry) {
    entries.add(entry);
    fates.add(new CompletableFuture<>());
    return fates.getLast();
  }

  private static ByteString batch(long proposer, String key) {
    return Batch.newBuilder()
        .setProposer(proposer)
        .addCommands(Command.newBuilder().setPut(PutRequest.newBuilder().setKey(copyFromUtf8(key))))
        .build()
        .toByteString();
  }

  private static List<ByteString> parts(ByteString entry) throws InvalidProtocolBufferException {
    return Batch.parseFrom(entry).getPartsList();
  }

  private void turn() {
    while (!loop.isEmpty()) {
      loop.remove().run();
    }
  }
}
