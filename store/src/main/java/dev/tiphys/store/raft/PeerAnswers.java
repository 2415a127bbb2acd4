package dev.tiphys.store.raft;

import dev.tiphys.store.disk.CorruptLogException;
import dev.tiphys.store.mvcc.Machine;
import dev.tiphys.store.mvcc.StateHash;
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
import dev.tiphys.store.peer.SumAnswer;
import dev.tiphys.store.peer.SumQuestion;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
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

  /** How long one that is asked for a checksum may take to come as far as the one that asks. */
  private static final Duration CATCHING_UP = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(PeerAnswers.class);

  private final UUID cluster;
  private final long self;
  private final Machine machine;
  private final CatchingUp catchingUp;
  private final LeaseDesk leases;
  private volatile @Nullable Quorum quorum;

  /** Answers about leases. */
  @FunctionalInterface
  interface LeaseDesk {
    LeaseAnswer answer(LeaseQuestion question) throws InterruptedException;
  }

  PeerAnswers(UUID cluster, long self, Machine machine, CatchingUp catchingUp, LeaseDesk leases) {
    this.cluster = cluster;
    this.self = self;
    this.machine = machine;
    this.catchingUp = catchingUp;
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
      machine.view(state -> state.files(parts::part));
    } catch (CorruptLogException e) {
      log.error("the state is not given to other members reason=\"{}\"", e.getMessage());
      throw e;
    }
  }

  @Override
  public SumAnswer sum(SumQuestion question, BooleanSupplier unwanted)
      throws IOException, InterruptedException {
    if (!question.getCluster().equals(cluster.toString()) || question.getMember() != self) {
      throw new IOException("this is member " + Long.toHexString(self) + " of cluster " + cluster);
    }
    var here = catchingUp.await(question.getIndex(), CATCHING_UP, unwanted);
    if (here.applied().index() < question.getIndex()) {
      throw new IOException("this member has come to entry " + here.applied().index() + " only");
    }
    var answer = SumAnswer.newBuilder().setIndex(here.applied().index()).setNewest(here.revision());
    if (here.revision() < question.getRevision()) {
      return answer.setRevision(here.revision()).setCompacted(question.getCompacted()).build();
    }
    try {
      var sum =
          machine.hash(
              StateHash.Wanted.between(question.getRevision(), question.getCompacted(), unwanted));
      return answer
          .setRevision(sum.revision())
          .setChecksum(sum.value())
          .setCompacted(sum.compacted())
          .build();
    } catch (CorruptLogException e) {
      log.error(
          "this member cannot be compared with the others, for its log is damaged: stop it, look at"
              + " it with `tiphys store verify`, and replace it (member remove, then member add with"
              + " an empty --data-dir) reason=\"{}\"",
          e.getMessage());
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
