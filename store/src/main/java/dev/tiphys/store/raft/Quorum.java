package dev.tiphys.store.raft;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.tiphys.store.mvcc.Machine;
import dev.tiphys.store.mvcc.Outcome;
import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.mvcc.StoreException;
import dev.tiphys.store.peer.PeerLinks;
import dev.tiphys.store.peer.RaftCall;
import dev.tiphys.store.record.Batch;
import dev.tiphys.store.record.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.ReadIndexRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;
import org.jspecify.annotations.Nullable;

/**
 * A cluster of several, by Ratis. Whoever does not lead passes commands on to the leader, and
 * answers when they come back to be applied here.
 */
final class Quorum implements Ordering {
  private static final long RETRY_MILLIS = 30;

  private final RaftServer server;
  private final RaftServer.Division division;
  private final RaftGroupId group;
  private final RaftPeerId self;
  private final Proposals proposals;
  private final FreshReads reads;
  private final PeerLinks links;
  private final Executor threads;
  private final ClientId client = ClientId.randomId();
  private final AtomicLong calls = new AtomicLong();
  private final Duration timeout;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition leadership = lock.newCondition();
  private volatile boolean closed;

  /**
   * Starts to take part.
   *
   * @param proposer a random number, new at every start
   * @param timeout how long a command or a fresh read may take
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
      boolean begin,
      Consumer<String> fatal)
      throws IOException {
    this.timeout = timeout;
    this.links = links;
    this.threads = threads;
    this.group = RaftGroupId.valueOf(settings.cluster());
    this.self = Peers.id(settings.self());
    this.proposals = new Proposals(proposer, this::send);
    this.reads = new FreshReads(this::read);
    var peers = settings.members().stream().map(m -> Peers.voter(m.id(), m.peerUrls())).toList();
    RaftLogTail.cut(settings.directory().resolve(group.getUuid().toString()));
    this.server =
        RaftServer.newBuilder()
            .setServerId(self)
            .setGroup(RaftGroup.valueOf(group, peers))
            .setStateMachine(
                new Applier(
                    machine,
                    proposals::applied,
                    this::signalLeadership,
                    new StateTransfer(settings.dataDir(), machine, links, threads),
                    fatal))
            .setProperties(RatisProperties.of(settings))
            .setParameters(PeerRpc.parameters(links, settings.election()))
            .setOption(begin ? RaftStorage.StartupOption.FORMAT : RaftStorage.StartupOption.RECOVER)
            .build();
    server.start();
    this.division = server.getDivision(group);
  }

  /** True when a member with these settings has ordered something here before. */
  static boolean wasHere(RaftSettings settings) {
    return Files.exists(
        settings.directory().resolve(settings.cluster().toString()).resolve("current/raft-meta"));
  }

  RaftServer.Division division() {
    return division;
  }

  @Override
  public CompletableFuture<Outcome> propose(Command command) {
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
    awaitReady();
    reads.await(timeout);
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
        left = leadership.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public RaftStatus status() {
    var info = division.getInfo();
    var leader = info.getLeaderId();
    var last = division.getRaftLog().getLastEntryTermIndex();
    return new RaftStatus(
        leader == null ? 0 : Peers.number(leader),
        info.isLeaderReady(),
        info.getCurrentTerm(),
        last == null ? info.getLastAppliedIndex() : last.getIndex(),
        info.getLastAppliedIndex());
  }

  /** Gives up commands that wait longer than the timeout. Call it from time to time. */
  void expire(long nanos) {
    proposals.expire(nanos, timeout);
  }

  /** The peer URL of the leader; null when this member leads or none is known. */
  @Nullable String otherLeader() {
    var leader = division.getInfo().getLeaderId();
    if (leader == null || leader.equals(self)) {
      return null;
    }
    var peer = division.getRaftConf().getPeer(leader);
    return peer == null ? null : peer.getAddress();
  }

  /** Has another member lead. */
  void transfer(long target) throws InterruptedException {
    var request =
        new TransferLeadershipRequest(
            client,
            self,
            group,
            calls.incrementAndGet(),
            Peers.id(target),
            timeout.dividedBy(2).toMillis());
    try {
      var reply = RaftNode.await(server.transferLeadershipAsync(request), timeout);
      if (!reply.isSuccess()) {
        throw StoreError.TIMEOUT.exception();
      }
    } catch (IOException e) {
      throw StoreError.STOPPED.exception();
    }
  }

  /** Changes who takes part. Blocks. */
  void reconfigure(Peers.Configuration wanted) throws InterruptedException, IOException {
    var reply =
        RaftNode.await(
            server.setConfigurationAsync(
                wanted.request(client, self, group, calls.incrementAndGet())),
            timeout.multipliedBy(4));
    check(reply);
  }

  /** A call of another member's Ratis. */
  CompletableFuture<ByteString> raft(RaftCall call) throws IOException {
    var body = call.getBody().toByteArray();
    return switch (call.getKind()) {
      case REQUEST_VOTE -> done(server.requestVote(RequestVoteRequestProto.parseFrom(body)));
      case APPEND_ENTRIES ->
          server
              .appendEntriesAsync(AppendEntriesRequestProto.parseFrom(body))
              .thenApply(Quorum::bytes);
      case INSTALL_SNAPSHOT ->
          done(server.installSnapshot(InstallSnapshotRequestProto.parseFrom(body)));
      case START_ELECTION ->
          done(server.startLeaderElection(StartLeaderElectionRequestProto.parseFrom(body)));
      case READ_INDEX ->
          server.readIndexAsync(ReadIndexRequestProto.parseFrom(body)).thenApply(Quorum::bytes);
      case NONE, UNRECOGNIZED -> throw new IOException("an unknown call of Raft");
    };
  }

  /** Orders an entry of whatever member, as the leader. */
  CompletableFuture<?> submit(Batch batch) {
    return submit(
        RaftClientRequest.writeRequestType(), UnsafeByteOperations.unsafeWrap(batch.toByteArray()));
  }

  @Override
  public void close() throws IOException {
    closed = true;
    signalLeadership();
    server.close();
  }

  private static CompletableFuture<ByteString> done(MessageLite answer) {
    return CompletableFuture.completedFuture(bytes(answer));
  }

  private static ByteString bytes(MessageLite answer) {
    return UnsafeByteOperations.unsafeWrap(answer.toByteArray());
  }

  private void signalLeadership() {
    lock.lock();
    try {
      leadership.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Sends an entry to whoever leads; again, as long as it surely did not arrive. */
  private CompletableFuture<?> send(Batch batch) {
    long deadline = System.nanoTime() + timeout.toNanos();
    // Elsewhere, for Ratis makes its caller wait for a thread of its own.
    return CompletableFuture.supplyAsync(() -> send(batch, deadline), threads)
        .thenCompose(future -> future);
  }

  private CompletableFuture<?> send(Batch batch, long deadline) {
    var leader = otherLeader();
    var sent = leader == null ? submit(batch) : links.propose(leader, batch, timeout);
    return sent.handleAsync(
            (_, failure) -> {
              if (failure == null) {
                return CompletableFuture.completedFuture(null);
              }
              if (closed || System.nanoTime() - deadline > 0 || !Refusals.isCertain(failure)) {
                return CompletableFuture.failedFuture(Refusals.error(failure).exception());
              }
              return sendToNext(batch, deadline);
            },
            threads)
        .thenCompose(future -> future);
  }

  private CompletableFuture<?> sendToNext(Batch batch, long deadline) {
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
  private CompletableFuture<?> read() {
    return submit(RaftClientRequest.readRequestType(), ByteString.EMPTY);
  }

  private CompletableFuture<?> submit(RaftClientRequest.Type type, ByteString message) {
    var request =
        RaftClientRequest.newBuilder()
            .setClientId(client)
            .setServerId(self)
            .setGroupId(group)
            .setCallId(calls.incrementAndGet())
            .setType(type)
            .setMessage(
                Message.valueOf(
                    org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations.unsafeWrap(
                        message.asReadOnlyByteBuffer())))
            .build();
    try {
      // Elsewhere, for Ratis completes futures while it holds its locks.
      return server.submitClientRequestAsync(request).thenAcceptAsync(Quorum::check, threads);
    } catch (IOException e) {
      return CompletableFuture.failedFuture(StoreError.STOPPED.exception());
    }
  }

  private static void check(RaftClientReply reply) {
    if (reply.isSuccess()) {
      return;
    }
    if (reply.getNotLeaderException() != null) {
      throw StoreError.NO_LEADER.exception();
    }
    if (reply.getLeaderNotReadyException() != null
        || reply.getLeaderSteppingDownException() != null) {
      throw StoreError.LEADER_CHANGED.exception();
    }
    throw StoreError.TIMEOUT.exception();
  }

  /** Whether a member's vote counts, or did until a change that is under way. */
  boolean counts(long member) {
    var id = Peers.id(member);
    var conf = division.getRaftConf();
    return conf.getPeer(id, RaftPeerRole.FOLLOWER, RaftPeerRole.LISTENER) != null
        || conf.getPreviousPeers().stream().anyMatch(peer -> peer.getId().equals(id));
  }
}
