package dev.tiphys.store.raft;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.tiphys.store.mvcc.Outcome;
import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.mvcc.StoreException;
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

/** How commands become batches, on an event loop that turns when the test says so. */
class ProposalsTest {
  private static final long PROPOSER = 7;
  private static final Outcome DONE = new Outcome.Done(PutResponse.getDefaultInstance());

  private final ArrayDeque<Runnable> loop = new ArrayDeque<>();
  private final List<Batch> sent = new ArrayList<>();
  private final List<CompletableFuture<Void>> fates = new ArrayList<>();
  private final Proposals proposals = new Proposals(PROPOSER, this::send, loop::add);

  @Test
  void whatComesInOneTurnOfTheLoopGoesAsOneBatch() {
    put("a");
    put("b");
    put("c");
    turn();
    assertThat(keys()).containsExactly(List.of("a", "b", "c"));
  }

  @Test
  void whileFourBatchesAreOnTheirWayTheRestGathers() {
    putOneByOne("a", "b", "c", "d", "e", "f");
    assertThat(keys()).containsExactly(List.of("a"), List.of("b"), List.of("c"), List.of("d"));
    apply(0);
    turn();
    assertThat(keys().getLast()).containsExactly("e", "f");
  }

  @Test
  void whoProposedHearsOfItWhenItIsAppliedHere() {
    var outcome = put("a");
    turn();
    fates.getFirst().complete(null);
    assertThat(outcome).isNotDone();
    apply(0);
    turn();
    assertThat(outcome).isCompletedWithValue(DONE);
  }

  @Test
  void whatAnotherMemberProposedTellsNobodyHere() {
    var outcome = put("a");
    turn();
    proposals.applied(sent.getFirst().toBuilder().setProposer(8).build(), List.of(DONE));
    turn();
    assertThat(outcome).isNotDone();
  }

  @Test
  void aBatchThatFailedTellsItsWaitersAndMakesRoom() {
    var first = put("a");
    turn();
    putOneByOne("b", "c", "d", "e");
    fates.getFirst().completeExceptionally(StoreError.TIMEOUT.exception());
    turn();
    assertThat(first).isCompletedExceptionally();
    assertThat(keys().getLast()).containsExactly("e");
  }

  @Test
  void aBatchThatIsNeverHeardOfIsGivenUp() {
    var outcome = put("a");
    turn();
    proposals.expire(1, Duration.ofSeconds(7));
    assertThat(outcome).isNotDone();
    proposals.expire(Duration.ofSeconds(8).toNanos(), Duration.ofSeconds(7));
    assertThat(outcome).isCompletedExceptionally();
  }

  @Test
  void whatWaitsIsBoundedInBytes() {
    var big = PutRequest.newBuilder().setValue(ByteString.copyFrom(new byte[1 << 20])).build();
    int taken = 0;
    while (take(big)) {
      taken++;
      assertThat(taken).isLessThan(100);
    }
    assertThat(taken).isEqualTo(Proposals.MAX_WAITING_BYTES >> 20);
    turn(); // four are on their way
    assertThat(take(big)).isTrue();
  }

  private boolean take(PutRequest put) {
    try {
      proposals.propose(Command.newBuilder().setPut(put).build());
      return true;
    } catch (StoreException e) {
      assertThat(e.error()).isEqualTo(StoreError.TOO_MANY_REQUESTS);
      return false;
    }
  }

  private void putOneByOne(String... keys) {
    for (var key : keys) {
      put(key);
      turn();
    }
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
