package dev.tiphys.store.raft;

import com.google.protobuf.MessageLite;
import dev.tiphys.daemon.ConfigException;
import dev.tiphys.store.mvcc.Machine;
import dev.tiphys.store.mvcc.Outcome;
import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.mvcc.StoreException;
import dev.tiphys.store.peer.Introduction;
import dev.tiphys.store.peer.LeaseAnswer;
import dev.tiphys.store.peer.LeaseQuestion;
import dev.tiphys.store.peer.Pause;
import dev.tiphys.store.peer.PeerLinks;
import dev.tiphys.store.peer.PeerServer;
import dev.tiphys.store.peer.Present;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.record.MemberRecord;
import io.grpc.StatusRuntimeException;
import io.netty.channel.EventLoopGroup;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This member's part in the cluster: alone, or as one of several; the former becomes the latter
 * when a second member is added. All methods may be called by any thread; those that wait block.
 */
public final class RaftNode implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(RaftNode.class);

  private static final Duration LOOK = Duration.ofMillis(20);

  /** How long a member that was added may take to answer whether it is there. */
  private static final Duration ANSWER = Duration.ofSeconds(1);

  private final RaftSettings settings;
  private final Machine machine;
  private final Executor threads;
  private final long proposer;
  private final Duration timeout;
  private final EventLoopGroup loop;
  private final LongSupplier ticker;
  private final Pause pause;
  private final Consumer<String> fatal;
  private final Departure departure;
  private volatile @Nullable LeaseClock leases;
  private volatile Ordering ordering;
  private volatile @Nullable Several several;
  private boolean closed;
  private boolean cannotListen;

  /** What only a member among several has. */
  private record Several(Quorum quorum, PeerLinks links, PeerServer server, Roster roster) {}

  /**
   * Starts to take part.
   *
   * @param threads runs what blocks
   * @param proposer a random number, new at every start
   * @param timeout how long a command or a fresh read may take
   * @param loop the event loop that commands come from, of clients and of other members
   * @param ticker nanoseconds of a steady clock
   * @param pause between two looks at what others must do
   * @param fatal is told when the state machine failed and the process must end
   */
  public RaftNode(
      RaftSettings settings,
      Machine machine,
      Executor threads,
      long proposer,
      Duration timeout,
      EventLoopGroup loop,
      LongSupplier ticker,
      Pause pause,
      Consumer<String> fatal)
      throws IOException {
    this.loop = loop;
    this.ticker = ticker;
    this.pause = pause;
    this.settings = settings;
    this.machine = machine;
    this.threads = threads;
    this.proposer = proposer;
    this.timeout = timeout;
    this.fatal = fatal;
    this.departure = new Departure(settings.self(), machine, timeout, fatal);
    if (Quorum.wasHere(settings)) {
      this.ordering = joinOthers(false);
    } else if (settings.alone() && machine.members().size() <= 1) {
      this.ordering = new Lone(settings.self(), machine, fatal);
      settings.metrics().leaderChanged();
    } else {
      if (machine.applied().index() < 0 && !machine.isBlank()) {
        throw new ConfigException(
            settings.dataDir()
                + " holds a state that was restored, and other members would begin without it: start"
                + " one member with an --initial-cluster that names only itself, then add the others"
                + " (member add), each with an empty --data-dir");
      }
      this.ordering = joinOthers(true);
    }
  }

  /** The largest entry when no command is larger than this. */
  public static int maxEntryBytes(int maxCommandBytes) {
    return Proposals.MAX_BYTES + maxCommandBytes + (64 << 10);
  }

  /** Takes who counts down leases here, before anybody else can ask. */
  public void countedBy(LeaseClock clock) {
    leases = clock;
  }

  /** True when {@link #order} need not wait for somebody to lead. */
  public boolean isReady() {
    return ordering.isReady();
  }

  /**
   * Proposes a command without waiting; completes when it was applied here, or fails with {@link
   * StoreException}. What depends on it must not block.
   *
   * @throws StoreException when it is refused at once
   */
  public CompletableFuture<Outcome> order(Command command) {
    var outcome = ordering.propose(command);
    settings.metrics().proposed();
    var unused = outcome.whenComplete((_, failure) -> settings.metrics().ended(failure != null));
    return outcome;
  }

  /**
   * Proposes a command and waits until it is applied here.
   *
   * @throws StoreException when it was refused, or nobody could order it in time; in the latter
   *     case it may still happen
   */
  public MessageLite propose(Command command) throws InterruptedException {
    ordering.awaitReady();
    return switch (Refusals.await(order(command), timeout)) {
      case Outcome.Done(var response) -> response;
      case Outcome.Refused(var error) -> throw error.exception();
    };
  }

  /**
   * Waits until this member has applied all that was acknowledged before the call.
   *
   * @throws StoreException when there is no leader to ask
   */
  public void awaitFresh() throws InterruptedException {
    ordering.awaitFresh();
  }

  /** True when {@link #awaitFresh} need not wait. */
  public boolean isFreshAtOnce() {
    return ordering.isFreshAtOnce();
  }

  /** Waits until somebody leads. */
  public void awaitLeading() throws InterruptedException {
    ordering.awaitReady();
  }

  /** The term in which this member leads; 0 when it does not, as far as it knows. */
  public long leadingTerm() {
    return ordering.status().leadingTerm();
  }

  /**
   * The term in which this member led at some time since the call, by the word of a majority; 0
   * when it does not lead. Blocks: a leader that slept through an election finds it out here.
   */
  public long confirmedTerm() throws InterruptedException {
    long term = leadingTerm();
    if (term == 0) {
      return 0;
    }
    ordering.awaitFresh();
    return leadingTerm() == term ? term : 0;
  }

  /** The last entry that a majority has, as far as this member knows. */
  public long committed() {
    var others = several;
    return others == null ? status().applied() : others.quorum.committed();
  }

  /** Where this member stands. */
  public RaftStatus status() {
    return ordering.status();
  }

  /** True for a member that gets all entries and has no vote. */
  public boolean isLearner() {
    var others = several;
    return others != null && others.quorum.current().learners().containsKey(settings.self());
  }

  /** True once this member was removed from its cluster, as far as it knows. */
  public boolean isRemoved() {
    return departure.isDue();
  }

  /** True when a member has a vote, as far as this one knows. */
  public boolean hasVote(long member) {
    var others = several;
    return others == null
        ? member == settings.self()
        : others.quorum.current().voters().containsKey(member);
  }

  /**
   * Asks the leader who answers it at this moment, and how far each has come. Blocks, for some
   * seconds when one of them does not answer.
   *
   * @throws StoreException when there is no leader to ask
   */
  public RollCall rollCall() throws InterruptedException {
    ordering.awaitReady();
    var others = several;
    if (others == null) {
      long applied = ordering.status().applied();
      return new RollCall(applied, Map.of(settings.self(), applied));
    }
    var leader = others.quorum.otherLeader();
    if (leader == null) {
      return others.quorum.rollCall(PeerAnswers.ROLL_CALL);
    }
    try {
      var answer = others.links.roll(leader, timeout);
      return new RollCall(
          answer.getIndex(),
          answer.getPresentList().stream()
              .collect(Collectors.toMap(Present::getMember, Present::getIndex)));
    } catch (StatusRuntimeException e) {
      throw StoreError.NO_LEADER.exception();
    }
  }

  /** By which other members are called; empty while there are none. */
  public Optional<PeerLinks> links() {
    return Optional.ofNullable(several).map(Several::links);
  }

  /**
   * All members, in order of their number: those that take part, and those that were added and
   * never started, which have no name.
   */
  public List<MemberRecord> members() {
    var members = new TreeMap<Long, MemberRecord>(Long::compareUnsigned);
    for (var member : settings.members()) {
      members.put(
          member.id(),
          MemberRecord.newBuilder()
              .setId(member.id())
              .setName(member.name())
              .addAllPeerUrls(member.peerUrls())
              .build());
    }
    for (var member : machine.members()) {
      members.put(member.getId(), member);
    }
    members.keySet().removeIf(machine::isRemoved);
    return List.copyOf(members.values());
  }

  /** The members that the cluster has heard of. */
  public List<MemberRecord> knownMembers() {
    return machine.members();
  }

  /** Starts a lease anew, at the leader; its seconds to live, or 0 when it is gone. */
  public long keepAlive(long lease) throws InterruptedException {
    return askLeader(LeaseQuestion.newBuilder().setId(lease).setKeepAlive(true).build());
  }

  /** Seconds that a lease has yet, by the leader's clock, or -1 when it is gone. */
  public long remainingSeconds(long lease) throws InterruptedException {
    return askLeader(LeaseQuestion.newBuilder().setId(lease).build());
  }

  /**
   * Has another member lead.
   *
   * @throws StoreException when this one does not lead, or that one is none or has no vote
   */
  public void moveLeader(long target) throws InterruptedException {
    var status = status();
    if (!status.leading()) {
      throw StoreError.NOT_LEADER.exception();
    }
    if (target == settings.self()) {
      return;
    }
    var others = several;
    if (others == null || !others.quorum.current().voters().containsKey(target)) {
      throw StoreError.BAD_LEADER_TRANSFEREE.exception();
    }
    others.quorum.client().transfer(target);
  }

  /**
   * Waits until a member that was removed has no vote any more: until then its stop may be missed.
   *
   * @throws StoreException when that takes too long; it will still happen
   */
  public void awaitGone(long member) throws InterruptedException {
    var others = several;
    if (others != null) {
      await(() -> !others.quorum.counts(member));
    }
  }

  /**
   * Waits until a learner that was promoted has its vote.
   *
   * @throws StoreException when that takes too long; it will still happen
   */
  public void awaitVote(long member) throws InterruptedException {
    await(() -> hasVote(member));
  }

  private void await(BooleanSupplier change) throws InterruptedException {
    long begun = ticker.getAsLong();
    while (!change.getAsBoolean()) {
      if (ticker.getAsLong() - begun > timeout.toNanos()) {
        throw StoreError.TIMEOUT.exception();
      }
      pause.sleep(LOOK);
    }
  }

  /** What is to be done from time to time; {@code nanos} is a steady clock's. */
  public void tick(long nanos) throws InterruptedException, IOException {
    var others = several;
    if (others == null) {
      if (machine.members().size() > 1) {
        grow();
      }
      return;
    }
    others.quorum.expire(nanos);
    others.roster.tick(others.quorum);
    departure.tick(others.quorum, nanos);
  }

  @Override
  public void close() throws IOException {
    synchronized (this) {
      closed = true;
    }
    var others = several;
    if (others != null) {
      others.server.close();
    }
    ordering.close();
    if (others != null) {
      others.quorum.close();
      others.links.close();
    }
  }

  /** From alone to one of several. What comes meanwhile waits until somebody leads. */
  private synchronized void grow() throws IOException {
    if (closed) {
      return;
    }
    var handler = answers();
    PeerServer server;
    try {
      server = listen(handler);
    } catch (ConfigException e) {
      if (!cannotListen) {
        cannotListen = true;
        log.error(
            "a second member was added, but cannot reach this one, which goes on alone until that"
                + " is mended: {}",
            e.getMessage());
      }
      return;
    }
    log.info("a second member was added: ordering by Raft from now on");
    var handover = new Handover(ordering.status());
    if (ordering instanceof Lone lone) {
      ordering = handover;
      lone.yieldTo(handover);
    }
    machine.checkpoint();
    var quorum = joinOthers(true, handler, server);
    threads.execute(() -> {
      handover.toOnceReady(quorum);
      ordering = quorum;
    });
  }

  private Ordering joinOthers(boolean begin) throws IOException {
    var handler = answers();
    return joinOthers(begin, handler, listen(handler));
  }

  private PeerAnswers answers() {
    var catchingUp = new CatchingUp(machine, ticker, pause);
    return new PeerAnswers(settings.cluster(), settings.self(), machine, catchingUp, this::answer);
  }

  private PeerServer listen(PeerAnswers handler) {
    return new PeerServer(settings.listen(), settings.tls(), handler, loop, threads, ticker);
  }

  private Ordering joinOthers(boolean begin, PeerAnswers handler, PeerServer server)
      throws IOException {
    var links = new PeerLinks(settings.tls(), threads);
    try {
      var quorum =
          new Quorum(
              settings, machine, links, threads, proposer, timeout, loop, pause, begin, fatal);
      handler.begin(quorum);
      several = new Several(quorum, links, server, roster(links));
      return quorum;
    } catch (IOException | RuntimeException e) {
      server.close();
      links.close();
      throw e;
    }
  }

  private Roster roster(PeerLinks links) {
    return new Roster(machine::members, machine::isRemoved, url -> answers(links, url), threads);
  }

  private static boolean answers(PeerLinks links, String url) {
    try {
      links.introduce(url, Introduction.getDefaultInstance(), ANSWER);
      return true;
    } catch (StatusRuntimeException e) {
      log.debug("not there yet member={} reason=\"{}\"", url, e.getStatus());
      return false;
    }
  }

  private long askLeader(LeaseQuestion question) throws InterruptedException {
    ordering.awaitReady();
    var others = several;
    var leader = others == null ? null : others.quorum.otherLeader();
    if (others == null || leader == null) {
      return answer(question).getRemainingSeconds();
    }
    try {
      return others.links.lease(leader, question, timeout).getRemainingSeconds();
    } catch (StatusRuntimeException e) {
      throw StoreError.NO_LEADER.exception();
    }
  }

  private LeaseAnswer answer(LeaseQuestion question) throws InterruptedException {
    var clock = leases;
    if (clock == null || (question.getKeepAlive() ? confirmedTerm() : leadingTerm()) == 0) {
      throw StoreError.NO_LEADER.exception();
    }
    return LeaseAnswer.newBuilder()
        .setRemainingSeconds(
            question.getKeepAlive()
                ? clock.keepAlive(question.getId())
                : clock.remainingSeconds(question.getId()))
        .build();
  }
}
