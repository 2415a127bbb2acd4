package dev.tiphys.store.audit;

import dev.tiphys.store.mvcc.Machine;
import dev.tiphys.store.mvcc.Position;
import dev.tiphys.store.mvcc.StateHash;
import dev.tiphys.store.mvcc.StoreException;
import dev.tiphys.store.peer.SumAnswer;
import dev.tiphys.store.peer.SumQuestion;
import dev.tiphys.store.raft.CatchingUp;
import dev.tiphys.store.raft.Member;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has all members sum up what they hold up to one revision, this one included, at the same time.
 * They are compared as of one Raft entry and one compaction: so a member that is merely behind, or
 * has not yet compacted what this one has, is told from one that differs. Thread-safe.
 */
public final class Comparison {
  /** A compaction that comes between questions makes the answers differ; then they are put anew. */
  private static final int TRIES = 3;

  private static final long LOOK_MILLIS = 50;

  /** Others may take twice as long again as this member did, and this besides. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  private static final Logger log = LoggerFactory.getLogger(Comparison.class);

  private final UUID cluster;
  private final long self;
  private final CatchingUp here;
  private final Machine machine;
  private final Asking asking;
  private final ExecutorService threads;
  private final Duration patience;

  /** Asks a member; blocks. */
  @FunctionalInterface
  public interface Asking {
    /**
     * Asks at a peer URL.
     *
     * @throws StatusRuntimeException when there is no answer
     */
    SumAnswer ask(String url, SumQuestion question);
  }

  /**
   * Takes who this member is.
   *
   * @param here its state, and how it comes as far as others
   * @param threads ask the others side by side
   * @param patience how long this member may take to come as far as one that answered
   */
  public Comparison(
      UUID cluster,
      long self,
      CatchingUp here,
      Asking asking,
      ExecutorService threads,
      Duration patience) {
    this.patience = patience;
    this.cluster = cluster;
    this.self = self;
    this.here = here;
    this.machine = here.machine();
    this.asking = asking;
    this.threads = threads;
  }

  /**
   * Compares. Blocks for as long as it takes to read the log, here and elsewhere.
   *
   * @param members all of them; those without a URL, or without an answer, are left out
   * @param upTo the last revision that counts; 0: the newest
   * @param unwanted becomes true when nobody waits for it any more
   * @throws StoreException when the revision was compacted meanwhile
   * @throws IOException when this member's own log cannot be read
   * @throws CancellationException when it is not wanted any more
   */
  Verdict compare(List<Member> members, long upTo, BooleanSupplier unwanted)
      throws IOException, InterruptedException {
    var asFrom = machine.position();
    long revision = upTo > 0 ? upTo : asFrom.revision();
    long compacted = machine.compacted();
    for (int tries = 1; ; tries++) {
      var asked = ask(members, asFrom, revision, compacted);
      StateHash own;
      Map<Long, SumAnswer> answers;
      try {
        long begun = here.ticker().getAsLong();
        own = machine.hash(StateHash.Wanted.between(revision, compacted, unwanted));
        long now = here.ticker().getAsLong();
        // All began at the same time, to do the same.
        answers = collect(asked, now + GRACE.toNanos() + 2 * (now - begun), unwanted);
      } finally {
        asked.values().forEach(question -> question.cancel(true));
      }
      long latest = own.compacted();
      for (var answer : answers.values()) {
        latest = Math.max(latest, answer.getCompacted());
      }
      if (latest == compacted || latest > revision || tries >= TRIES) {
        return judge(own, asFrom, answers, members.size(), unwanted);
      }
      compacted = latest;
    }
  }

  private Map<Long, Future<SumAnswer>> ask(
      List<Member> members, Position asFrom, long revision, long compacted) {
    var asked = new LinkedHashMap<Long, Future<SumAnswer>>();
    for (var member : members) {
      if (member.id() == self || member.peerUrls().isEmpty()) {
        continue;
      }
      var question =
          SumQuestion.newBuilder()
              .setCluster(cluster.toString())
              .setMember(member.id())
              .setRevision(revision)
              .setIndex(asFrom.applied().index())
              .setCompacted(compacted)
              .build();
      Callable<SumAnswer> call = () -> asking.ask(member.peerUrls().getFirst(), question);
      asked.put(member.id(), threads.submit(call));
    }
    return asked;
  }

  private Map<Long, SumAnswer> collect(
      Map<Long, Future<SumAnswer>> asked, long deadline, BooleanSupplier unwanted)
      throws InterruptedException {
    var answers = new LinkedHashMap<Long, SumAnswer>();
    for (var entry : asked.entrySet()) {
      try {
        answers.put(entry.getKey(), await(entry.getValue(), deadline, unwanted));
      } catch (ExecutionException | TimeoutException e) {
        log.info(
            "not compared member={} reason=\"{}\"",
            Long.toHexString(entry.getKey()),
            e instanceof TimeoutException ? "it takes too long" : reason(e.getCause()));
      }
    }
    return answers;
  }

  /** In one line: what a connection failed of would come with all its calls. */
  private static @Nullable Object reason(@Nullable Throwable failure) {
    return failure instanceof StatusRuntimeException refused
        ? refused.getStatus().getCode() + ": " + refused.getStatus().getDescription()
        : failure;
  }

  private SumAnswer await(Future<SumAnswer> answer, long deadline, BooleanSupplier unwanted)
      throws InterruptedException, ExecutionException, TimeoutException {
    while (true) {
      try {
        return answer.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        stopIf(unwanted);
        if (here.ticker().getAsLong() - deadline > 0) {
          throw e;
        }
      }
    }
  }

  private static void stopIf(BooleanSupplier unwanted) {
    if (unwanted.getAsBoolean()) {
      throw new CancellationException("nobody waits for this comparison any more");
    }
  }

  private Verdict judge(
      StateHash own,
      Position asFrom,
      Map<Long, SumAnswer> answers,
      int members,
      BooleanSupplier unwanted)
      throws InterruptedException {
    var states = new HashMap<Long, Verdict.State>();
    states.put(self, new Verdict.State(own.revision(), own.value()));
    for (var entry : answers.entrySet()) {
      var answer = entry.getValue();
      if (isAhead(answer, asFrom, unwanted)) {
        states.put(entry.getKey(), new Verdict.State(answer.getNewest(), 0));
      } else if (answer.getCompacted() == own.compacted()) {
        states.put(entry.getKey(), new Verdict.State(answer.getRevision(), answer.getChecksum()));
      } else {
        log.info(
            "not compared member={} reason=\"it has compacted up to {}, this one up to {}\"",
            Long.toHexString(entry.getKey()),
            answer.getCompacted(),
            own.compacted());
      }
    }
    return Verdict.of(states, members);
  }

  /** True when a member has revisions that did not come of the entries that it has applied. */
  private boolean isAhead(SumAnswer answer, Position asked, BooleanSupplier unwanted)
      throws InterruptedException {
    if (answer.getNewest() <= asked.revision()) {
      return false;
    }
    var position = here.await(answer.getIndex(), patience, unwanted);
    stopIf(unwanted);
    // Of a member that stays behind, nothing can be said.
    return position.applied().index() >= answer.getIndex()
        && answer.getNewest() > position.revision();
  }
}
