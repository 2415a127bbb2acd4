package dev.tiphys.store.raft;

import dev.tiphys.store.disk.CorruptLogException;
import dev.tiphys.store.mvcc.Machine;
import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.peer.Acquaintance;
import dev.tiphys.store.peer.Introduction;
import dev.tiphys.store.peer.LeaseAnswer;
import dev.tiphys.store.peer.LeaseQuestion;
import dev.tiphys.store.peer.PeerHandler;
import dev.tiphys.store.peer.Present;
import dev.tiphys.store.peer.RaftAnswer;
import dev.tiphys.store.peer.RaftCall;
import dev.tiphys.store.peer.RollAnswer;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this member answers the others. It listens before it takes part; until then, it refuses what
 * needs that. Thread-safe.
 */
final class PeerAnswers implements PeerHandler {
  /** How long a roll call waits for members that do not answer; one that is well takes no time. */
  static final Duration ROLL_CALL = Duration.ofSeconds(2);

  private static final Logger log = LoggerFactory.getLogger(PeerAnswers.class);

  private final UUID cluster;
  private final Machine machine;
  private final LeaseDesk leases;
  private volatile @Nullable Quorum quorum;

  /** Answers about leases. */
  @FunctionalInterface
  interface LeaseDesk {
    LeaseAnswer answer(LeaseQuestion question) throws InterruptedException;
  }

  PeerAnswers(UUID cluster, Machine machine, LeaseDesk leases) {
    this.cluster = cluster;
    this.machine = machine;
    this.leases = leases;
  }

  /** Takes part from now on. */
  void begin(Quorum part) {
    quorum = part;
  }

  @Override
  public CompletableFuture<RaftAnswer> raft(RaftCall call) throws IOException {
    return quorum().raft(call);
  }

  @Override
  public CompletableFuture<RaftAnswer> converse(RaftCall call) throws IOException {
    return quorum().converse(call);
  }

  @Override
  public void abandoned() {
    var begun = quorum;
    if (begun != null) {
      begun.abandoned();
    }
  }

  @Override
  public LeaseAnswer lease(LeaseQuestion question) throws InterruptedException {
    return leases.answer(question);
  }

  @Override
  public RollAnswer roll() throws InterruptedException {
    var begun = quorum;
    if (begun == null) {
      throw StoreError.NO_LEADER.exception();
    }
    var called = begun.rollCall(ROLL_CALL);
    var answer = RollAnswer.newBuilder().setIndex(called.index());
    called
        .present()
        .forEach((member, index) ->
            answer.addPresent(Present.newBuilder().setMember(member).setIndex(index)));
    return answer.build();
  }

  @Override
  public void snapshot(Parts parts) throws IOException, InterruptedException {
    try {
      machine.snapshot((bytes, _) -> parts.part(bytes));
    } catch (CorruptLogException e) {
      log.error("the state is not given to other members reason=\"{}\"", e.getMessage());
      throw e;
    }
  }

  @Override
  public Acquaintance introduce(Introduction introduction) {
    var urls = List.copyOf(introduction.getPeerUrlsList());
    for (var member : machine.members()) {
      if (!Collections.disjoint(member.getPeerUrlsList(), urls)) {
        return Acquaintance.newBuilder()
            .setCluster(cluster.toString())
            .setMember(member.getId())
            .build();
      }
    }
    return Acquaintance.getDefaultInstance();
  }

  private Quorum quorum() throws IOException {
    var begun = quorum;
    if (begun == null) {
      throw new IOException("this member has only begun to listen");
    }
    return begun;
  }
}
