package dev.tiphys.store.raft;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.tiphys.store.disk.DirectoryDisk;
import dev.tiphys.store.disk.Folder;
import dev.tiphys.store.mvcc.Machine;
import dev.tiphys.store.mvcc.Outcome;
import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.mvcc.StoreException;
import dev.tiphys.store.peer.Pause;
import dev.tiphys.store.peer.PeerLinks;
import dev.tiphys.store.peer.Proposed;
import dev.tiphys.store.peer.RaftAnswer;
import dev.tiphys.store.peer.RaftCall;
import dev.tiphys.store.record.Batch;
import dev.tiphys.store.record.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.apache.ratis.metrics.MetricRegistries;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.ReadIndexRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;
import org.jspecify.annotations.Nullable;

/**
 * A cluster of several, by Ratis. Whoever does not lead passes commands on to the leader, and
 * answers when they come back to be applied here.
 */
final class Quorum implements Ordering, Roster.Electorate {
  private static final long RETRY_MILLIS = 30;

  private final RaftServer server;
  private final RaftServer.Division division;
  private final FollowerLog followed;
  private final Succession succession;
  private final Leadership leadership;
  private final AddressBook addresses;
  private final RaftNames names;
  private final Progress progress = new Progress();
  private final RaftPeerId self;
  private final long number;
  private final Proposals proposals;
  private final FreshReads reads;
  private final PeerLinks links;
  private final Executor threads;
  private final LocalClient client;
  private final Gathering gathering;
  private final Duration timeout;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition leaderChanged = lock.newCondition();
  private volatile boolean closed;

  /**
   * Starts to take part.
   *
   * @param proposer a random number, new at every start
   * @param timeout how long a command or a fresh read may take
   * @param commands the event loop that commands come from
   * @param begin true when nothing was ordered by Raft here before
   * @param fatal is told when the state machine failed and the process must end
   */
  Quorum(
      RaftSettings settings,
      Machine machine,
      PeerLinks links,
      Executor threads,
      long proposer,
      Duration timeout,
      Executor commands,
      Pause pause,
      boolean begin,
      Consumer<String> fatal)
      throws IOException {
    this.timeout = timeout;
    this.links = links;
    this.threads = threads;
    var group = RaftGroupId.valueOf(settings.cluster());
    this.self = Peers.id(settings.self());
    this.number = settings.self();
    this.leadership = new Leadership(self);
    this.addresses = new AddressBook(machine);
    this.proposals = new Proposals(proposer, this::send, commands);
    this.reads = new FreshReads(this::comeUpToDate);
    var peers = settings.members().stream().map(m -> Peers.voter(m.id(), m.peerUrls())).toList();
    var data = new DirectoryDisk(settings.dataDir());
    this.names = new RaftNames(data, settings, threads, fatal);
    if (MetricRegistries.global() instanceof UncountedMetrics timers) {
      timers.tell(
          RaftGroupMemberId.valueOf(self, group), settings.metrics()::syncedIn, names::change);
    }
    if (begin) {
      names.clear();
    } else {
      RaftLogTail.cut(names.current(), machine);
    }
    this.server =
        RaftServer.newBuilder()
            .setServerId(self)
            .setGroup(RaftGroup.valueOf(group, peers))
            .setStateMachine(
                new Applier(
                    machine,
                    proposals::applied,
                    this::signalLeaderChange,
                    new StateTransfer(settings.dataDir(), machine, links, threads),
                    addresses,
                    progress,
                    names,
                    this::forgetAppends,
                    settings.metrics(),
                    fatal))
            .setProperties(RatisProperties.of(settings))
            .setParameters(
                PeerRpc.parameters(
                    links,
                    new PeerRpc.Times(
                        settings.election(), settings.heartbeat().map(Heartbeat::new)),
                    leadership,
                    addresses,
                    names,
                    settings.metrics()))
            .setOption(begin ? RaftStorage.StartupOption.FORMAT : RaftStorage.StartupOption.RECOVER)
            .build();
    this.division = server.getDivision(group);
    this.followed = new FollowerLog(division);
    this.client = new LocalClient(server, division, timeout);
    this.gathering = new Gathering(client::order, commands);
    leadership.orders(gathering);
    this.succession = new Succession(server, division, links, pause);
    start(data, machine);
  }

  private void start(Folder data, Machine machine) throws IOException {
    try {
      server.start();
    } catch (IOException | RuntimeException e) {
      new RaftLogWalk(data).mustBeWhole(machine); // which finds better words
      throw e;
    }
    names.sync();
  }

  /** True when a member with these settings has ordered something here before. */
  static boolean wasHere(RaftSettings settings) {
    return Files.exists(
        settings
            .directory()
            .resolve(settings.cluster().toString())
            .resolve(RaftSettings.CURRENT)
            .resolve(RaftSettings.META));
  }

  @Override
  public boolean isLed() {
    return division.getInfo().isLeaderReady();
  }

  @Override
  public Peers.Configuration current() {
    return Peers.Configuration.of(division.getRaftConf());
  }

  @Override
  public void change(Peers.Configuration wanted) throws InterruptedException, IOException {
    client.reconfigure(wanted);
  }

  /**
   * As the leader: who answers now, and how far each has come.
   *
   * @param patience the longest wait for those that do not
   * @throws StoreException when this member does not lead
   */
  RollCall rollCall(Duration patience) throws InterruptedException {
    long term = division.getInfo().getCurrentTerm();
    if (!division.getInfo().isLeaderReady()) {
      throw StoreError.NO_LEADER.exception();
    }
    long synced = division.getRaftLog().getFlushIndex();
    var heard = leadership.present(term, division.getRaftConf(), System.nanoTime(), patience);
    var present = new HashMap<Long, Long>();
    for (var member : heard) {
      var appender = leadership.of(member);
      present.put(
          Peers.number(member),
          member.equals(self) || appender == null
              ? synced
              : appender.getFollower().getMatchIndex());
    }
    return new RollCall(synced, present);
  }

  @Override
  public CompletableFuture<Outcome> propose(Command command) {
    if (closed) {
      throw StoreError.STOPPED.exception();
    }
    return proposals.propose(command);
  }

  @Override
  public boolean isReady() {
    var info = division.getInfo();
    return info.isLeaderReady() || otherLeader() != null;
  }

  @Override
  public boolean isFreshAtOnce() {
    return false;
  }

  @Override
  public void awaitFresh() throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (true) {
      awaitReady();
      try {
        reads.await(Duration.ofNanos(deadline - System.nanoTime()));
        return;
      } catch (StoreException e) {
        // A read may be asked for again: the next leader will know.
        if (closed || deadline - System.nanoTime() < 0) {
          throw e;
        }
        TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
      }
    }
  }

  @Override
  public void awaitReady() throws InterruptedException {
    long left = timeout.toNanos();
    lock.lock();
    try {
      while (!isReady()) {
        if (closed) {
          throw StoreError.STOPPED.exception();
        }
        if (left <= 0) {
          throw StoreError.NO_LEADER.exception();
        }
        left = leaderChanged.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public RaftStatus status() {
    var info = division.getInfo();
    var leader = info.getLeaderId();
    var last = info.isAlive() ? division.getRaftLog().getLastEntryTermIndex() : null;
    long term = info.getCurrentTerm();
    // Terms only grow: it leads in this one when it is the same before and after the look.
    boolean leading = info.isLeaderReady() && info.getCurrentTerm() == term;
    return new RaftStatus(
        leader == null ? 0 : Peers.number(leader),
        leading,
        term,
        last == null ? info.getLastAppliedIndex() : last.getIndex(),
        info.getLastAppliedIndex());
  }

  /** True when the others have told this member that it is none any more. */
  boolean isShutOut() {
    return !closed && !division.getInfo().isAlive();
  }

  /** Gives up commands that wait longer than the timeout. Call it from time to time. */
  void expire(long nanos) {
    proposals.expire(nanos, timeout);
    gathering.expire(nanos, timeout);
    leadership.giveUp(division.getInfo().isLeader() ? nanos - timeout.toNanos() : nanos);
  }

  /** The last entry that a majority has, as far as this member knows. */
  long committed() {
    return division.getRaftLog().getLastCommittedIndex();
  }

  /** The peer URL of the leader; null when this member leads or none is known. */
  @Nullable String otherLeader() {
    var leader = division.getInfo().getLeaderId();
    if (leader == null || leader.equals(self)) {
      return null;
    }
    var peer = division.getRaftConf().getPeer(leader);
    return peer == null ? null : addresses.url(peer);
  }

  /** What the leader's Ratis is asked for. */
  LocalClient client() {
    return client;
  }

  /** A call of another member that waits for it. */
  CompletableFuture<RaftAnswer> raft(RaftCall call) throws IOException {
    var body = call.getBody().toByteArray();
    return switch (call.getKind()) {
      case REQUEST_VOTE -> vote(RequestVoteRequestProto.parseFrom(body));
      case APPEND_ENTRIES ->
          followed.append(AppendEntriesRequestProto.parseFrom(body)).thenApply(Quorum::answer);
      case INSTALL_SNAPSHOT ->
          done(server.installSnapshot(InstallSnapshotRequestProto.parseFrom(body)));
      case START_ELECTION ->
          done(server.startLeaderElection(StartLeaderElectionRequestProto.parseFrom(body)));
      default -> throw new IOException("not a call of Raft to wait for");
    };
  }

  /** Nobody hears of a vote that a power cut could make this member forget. */
  private CompletableFuture<RaftAnswer> vote(RequestVoteRequestProto request) throws IOException {
    var reply = server.requestVote(request);
    if (!request.getPreVote()) {
      names.sync();
    }
    return done(reply);
  }

  /** A call of another member in a conversation. Does not wait. */
  CompletableFuture<RaftAnswer> converse(RaftCall call) throws IOException {
    return switch (call.getKind()) {
      case APPEND_ENTRIES ->
          followed
              .append(AppendEntriesRequestProto.parseFrom(call.getBody().toByteArray()))
              .thenApply(Quorum::answer);
      case READ_INDEX ->
          server
              .readIndexAsync(ReadIndexRequestProto.parseFrom(call.getBody().toByteArray()))
              .thenApply(Quorum::answer);
      case PROPOSE -> propose(call.getProposed());
      case CONFIRM -> confirm().thenApply(i -> RaftAnswer.newBuilder().setIndex(i).build());
      default -> throw new IOException("not a call of Raft for a conversation");
    };
  }

  /** A conversation broke off that another member had begun. Does not wait. */
  void abandoned() {
    if (!closed) {
      threads.execute(succession::consider);
    }
  }

  private CompletableFuture<RaftAnswer> propose(Proposed proposed) {
    var appender = leadership.of(Peers.id(proposed.getSender()));
    if (appender != null) {
      appender.awaited();
    }
    return gathering
        .add(proposed.getBatch())
        .handle((_, failure) -> {
          if (appender != null) {
            appender.answered();
          }
          if (failure != null) {
            throw Refusals.error(failure).exception();
          }
          return RaftAnswer.getDefaultInstance();
        });
  }

  @Override
  public void close() throws IOException {
    closed = true;
    signalLeaderChange();
    server.close();
  }

  private static CompletableFuture<RaftAnswer> done(MessageLite answer) {
    return CompletableFuture.completedFuture(answer(answer));
  }

  private static RaftAnswer answer(MessageLite answer) {
    return RaftAnswer.newBuilder()
        .setBody(UnsafeByteOperations.unsafeWrap(answer.toByteArray()))
        .build();
  }

  private void forgetAppends() {
    followed.forget();
  }

  private void signalLeaderChange() {
    lock.lock();
    try {
      leaderChanged.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Sends a batch to whoever leads; again, as long as it surely did not arrive. */
  private CompletableFuture<?> send(Batch batch) {
    return send(batch.toByteString(), System.nanoTime() + timeout.toNanos());
  }

  private CompletableFuture<Void> send(ByteString batch, long deadline) {
    return sendOnce(batch)
        .exceptionallyComposeAsync(
            failure ->
                closed || System.nanoTime() - deadline > 0 || !Refusals.isCertain(failure)
                    ? CompletableFuture.failedFuture(Refusals.error(failure).exception())
                    : sendToNext(batch, deadline),
            threads);
  }

  private CompletableFuture<Void> sendOnce(ByteString batch) {
    var leader = otherLeader();
    if (leader == null) {
      return gathering.add(batch);
    }
    var call =
        RaftCall.newBuilder()
            .setKind(RaftCall.Kind.PROPOSE)
            .setProposed(Proposed.newBuilder().setSender(number).setBatch(batch))
            .build();
    return links.raftLater(leader, call, timeout).thenApply(_ -> null);
  }

  private CompletableFuture<Void> sendToNext(ByteString batch, long deadline) {
    try {
      TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
      awaitReady();
      return send(batch, deadline);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return CompletableFuture.failedFuture(StoreError.STOPPED.exception());
    } catch (StoreException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Completes when this member has applied all that was acknowledged before. */
  private CompletableFuture<?> comeUpToDate() {
    var leader = otherLeader();
    var index =
        leader == null
            ? confirm()
            : links
                .raftLater(
                    leader, RaftCall.newBuilder().setKind(RaftCall.Kind.CONFIRM).build(), timeout)
                .thenApply(RaftAnswer::getIndex);
    return index.thenCompose(progress::to);
  }

  /** As the leader: the last entry that may have been acknowledged by now. */
  private CompletableFuture<Long> confirm() {
    long term = division.getInfo().getCurrentTerm();
    // Before it is ready, a new leader does not know what its predecessor has committed.
    if (!division.getInfo().isLeaderReady()) {
      return CompletableFuture.failedFuture(StoreError.NO_LEADER.exception());
    }
    long committed = division.getRaftLog().getLastCommittedIndex();
    return leadership
        .confirm(term, division.getRaftConf(), System.nanoTime())
        .thenApply(_ -> committed);
  }

  /** Whether a member's vote counts, or did until a change that is under way. */
  boolean counts(long member) {
    var id = Peers.id(member);
    var conf = division.getRaftConf();
    return conf.getPeer(id, RaftPeerRole.FOLLOWER, RaftPeerRole.LISTENER) != null
        || conf.getPreviousPeers().stream().anyMatch(peer -> peer.getId().equals(id));
  }
}
