package dev.tiphys.store.raft;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.store.mvcc.Outcome;
import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.record.Batch;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.PutResponse;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How commands become entries, on an event loop that turns when the test says so. */
class ProposalsTest {
  private static final long PROPOSER = 7;
  private static final Outcome DONE = new Outcome.Done(PutResponse.getDefaultInstance());

  private final ArrayDeque<Runnable> loop = new ArrayDeque<>();
  private final List<Batch> sent = new ArrayList<>();
  private final List<CompletableFuture<Void>> fates = new ArrayList<>();
  private final Proposals proposals = new Proposals(PROPOSER, this::send, loop::add);

  @Test
  void whatComesInOneTurnOfTheLoopGoesAsOneEntry() {
    put("a");
    put("b");
    put("c");
    turn();
    assertThat(keys()).containsExactly(List.of("a", "b", "c"));
  }

  @Test
  void whileTwoEntriesAreOnTheirWayTheRestGathers() {
    for (var key : List.of("a", "b", "c", "d")) {
      put(key);
      turn();
    }
    assertThat(keys()).containsExactly(List.of("a"), List.of("b"));
    apply(0);
    turn();
    assertThat(keys()).containsExactly(List.of("a"), List.of("b"), List.of("c", "d"));
  }

  @Test
  void whoProposedHearsOfItWhenItIsAppliedHere() {
    var outcome = put("a");
    turn();
    fates.getFirst().complete(null);
    assertThat(outcome).isNotDone();
    apply(0);
    assertThat(outcome).isCompletedWithValue(DONE);
  }

  @Test
  void whatAnotherMemberProposedTellsNobodyHere() {
    var outcome = put("a");
    turn();
    proposals.applied(sent.getFirst().toBuilder().setProposer(8).build(), List.of(DONE));
    assertThat(outcome).isNotDone();
  }

  @Test
  void anEntryThatFailedTellsItsWaitersAndMakesRoom() {
    var first = put("a");
    turn();
    put("b");
    turn();
    put("c");
    fates.getFirst().completeExceptionally(StoreError.TIMEOUT.exception());
    turn();
    assertThat(first).isCompletedExceptionally();
    assertThat(keys()).containsExactly(List.of("a"), List.of("b"), List.of("c"));
  }

  @Test
  void anEntryThatIsNeverHeardOfIsGivenUp() {
    var outcome = put("a");
    turn();
    proposals.expire(1, Duration.ofSeconds(7));
    assertThat(outcome).isNotDone();
    proposals.expire(Duration.ofSeconds(8).toNanos(), Duration.ofSeconds(7));
    assertThat(outcome).isCompletedExceptionally();
  }

  private CompletableFuture<Outcome> put(String key) {
    return proposals.propose(
        Command.newBuilder().setPut(PutRequest.newBuilder().setKey(copyFromUtf8(key))).build());
  }

  private CompletableFuture<Void> send(Batch batch) {
    sent.add(batch);
    fates.add(new CompletableFuture<>());
    return fates.getLast();
  }

  private void turn() {
    while (!loop.isEmpty()) {
      loop.remove().run();
    }
  }

  private void apply(int entry) {
    var batch = sent.get(entry);
    proposals.applied(batch, Collections.nCopies(batch.getCommandsCount(), DONE));
  }

  private List<List<String>> keys() {
    return sent.stream()
        .map(batch ->
            batch.getCommandsList().stream().map(c -> c.getPut().getKey().toStringUtf8()).toList())
        .toList();
  }
}
