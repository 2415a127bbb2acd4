package dev.tiphys.store.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.mvcc.StoreException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whose answer confirms that this member leads. */
class LeadershipTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  private final RaftConfiguration members = new Members(List.of(1L, 2L, 3L), List.of(4L));
  private final Leadership leadership = new Leadership(Peers.id(1));

  @Test
  void anAnswerToACallAfterTheQuestionConfirms() {
    long before = leadership.nextCall();
    var confirmed = leadership.confirm(5, members, 0);
    heard(2, before, 5);
    assertThat(confirmed).isNotDone();
    heard(2, leadership.nextCall(), 5);
    assertThat(confirmed).isCompleted();
  }

  @Test
  void whoLeadsAgainDoesNotAnswerWhatWasAskedBefore() {
    var confirmed = leadership.confirm(5, members, 0);
    heard(2, leadership.nextCall(), 7);
    assertThat(confirmed).isCompletedExceptionally();
    assertThatThrownBy(confirmed::join)
        .cause()
        .isInstanceOf(StoreException.class)
        .hasMessage(StoreError.LEADER_CHANGED.text());
  }

  @Test
  void anAnswerFromAnEarlierTermCountsForNothing() {
    var confirmed = leadership.confirm(5, members, 0);
    heard(2, leadership.nextCall(), 4);
    heard(3, leadership.nextCall(), 4);
    assertThat(confirmed).isNotDone();
  }

  @Test
  @Timeout(60)
  void everybodyIsWaitedForWhoIsThere() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var answering =
          threads.submit(() -> {
            while (!Thread.currentThread().isInterrupted()) {
              for (long member = 2; member <= 4; member++) {
                heard(member, leadership.nextCall(), 5);
              }
            }
          });
      assertThat(leadership.present(5, members, 0, LONG))
          .containsExactlyInAnyOrder(Peers.id(1), Peers.id(2), Peers.id(3), Peers.id(4));
      answering.cancel(true);
    }
  }

  @Test
  @Timeout(60)
  void whoDoesNotAnswerIsNotPresent() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var answering =
          threads.submit(() -> {
            while (!Thread.currentThread().isInterrupted()) {
              heard(3, leadership.nextCall(), 5);
            }
          });
      assertThat(leadership.present(5, members, 0, Duration.ofMillis(100)))
          .contains(Peers.id(1))
          .doesNotContain(Peers.id(2), Peers.id(4));
      answering.cancel(true);
    }
  }

  @Test
  void aRollCallEndsWithTheLead() {
    var called =
        CompletableFuture.runAsync(() -> {
          try {
            leadership.present(5, members, 0, LONG);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    while (!called.isDone()) {
      leadership.giveUp(1);
    }
    assertThatThrownBy(called::join)
        .cause()
        .isInstanceOf(StoreException.class)
        .hasMessage(StoreError.LEADER_CHANGED.text());
  }

  private void heard(long follower, long call, long term) {
    leadership.heard(Peers.id(follower), call, term, () -> members);
  }

  /** Members that do not change. */
  private record Members(List<Long> voters, List<Long> learners) implements RaftConfiguration {
    @Override
    public RaftPeer getPeer(RaftPeerId id, RaftPeerRole... roles) {
      return Peers.voter(Peers.number(id), List.of());
    }

    @Override
    public Collection<RaftPeer> getAllPeers(RaftPeerRole role) {
      return getCurrentPeers(role);
    }

    @Override
    public Collection<RaftPeer> getCurrentPeers(RaftPeerRole role) {
      return (role == RaftPeerRole.LISTENER ? learners : voters)
          .stream().map(id -> Peers.voter(id, List.of())).toList();
    }

    @Override
    public Collection<RaftPeer> getPreviousPeers(RaftPeerRole role) {
      return List.of();
    }

    @Override
    public long getLogEntryIndex() {
      return 0;
    }
  }
}
