package dev.tiphys.store.raft;

import dev.tiphys.store.mvcc.Machine;
import dev.tiphys.store.mvcc.Outcome;
import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.record.Batch;
import dev.tiphys.store.record.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/** A cluster of several, by Ratis. */
final class Quorum implements Ordering {
  private final RaftServer server;
  private final RaftServer.Division division;
  private final RaftGroupId group;
  private final RaftPeerId self;
  private final Proposals proposals;
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
   * @param fatal is told when the state machine failed and the process must end
   */
  Quorum(
      RaftSettings settings,
      Machine machine,
      long proposer,
      Duration timeout,
      Consumer<String> fatal)
      throws IOException {
    this.timeout = timeout;
    this.group = RaftGroupId.valueOf(settings.cluster());
    this.self = peerId(settings.self());
    this.proposals = new Proposals(proposer, this::send);
    var peers =
        settings.members().stream()
            .map(m -> RaftPeer.newBuilder().setId(peerId(m.id())).build())
            .toList();
    var directory = settings.directory().resolve(group.getUuid().toString());
    // Formatting is only for a member that never ordered anything.
    boolean known =
        Files.exists(directory.resolve("current/raft-meta")) || machine.durable().index() > 0;
    RaftLogTail.cut(directory);
    this.server =
        RaftServer.newBuilder()
            .setServerId(self)
            .setGroup(RaftGroup.valueOf(group, peers))
            .setStateMachine(
                new Applier(machine, proposals::applied, this::signalLeadership, fatal))
            .setProperties(RatisProperties.of(settings))
            .setOption(known ? RaftStorage.StartupOption.RECOVER : RaftStorage.StartupOption.FORMAT)
            .build();
    server.start();
    this.division = server.getDivision(group);
  }

  @Override
  public CompletableFuture<Outcome> propose(Command command) {
    return proposals.propose(command);
  }

  @Override
  public boolean isReady() {
    return division.getInfo().isLeaderReady();
  }

  @Override
  public boolean isFreshAtOnce() {
    return false;
  }

  @Override
  public void awaitFresh() throws InterruptedException {
    // A lone leader acknowledges only what it has applied, so what it has applied is fresh.
    if (!division.getInfo().isLeaderReady()) {
      awaitReady();
    }
  }

  @Override
  public void awaitReady() throws InterruptedException {
    long left = timeout.toNanos();
    lock.lock();
    try {
      while (!division.getInfo().isLeaderReady()) {
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
        leader == null ? 0 : Long.parseUnsignedLong(leader.toString(), 16),
        info.isLeaderReady(),
        info.getCurrentTerm(),
        last == null ? info.getLastAppliedIndex() : last.getIndex(),
        info.getLastAppliedIndex());
  }

  @Override
  public void close() throws IOException {
    closed = true;
    signalLeadership();
    server.close();
  }

  private static RaftPeerId peerId(long member) {
    return RaftPeerId.valueOf(Long.toHexString(member));
  }

  private void signalLeadership() {
    lock.lock();
    try {
      leadership.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private CompletableFuture<?> send(Batch batch) {
    var request =
        RaftClientRequest.newBuilder()
            .setClientId(client)
            .setServerId(self)
            .setGroupId(group)
            .setCallId(calls.incrementAndGet())
            .setType(RaftClientRequest.writeRequestType())
            .setMessage(Message.valueOf(UnsafeByteOperations.unsafeWrap(batch.toByteArray())))
            .build();
    try {
      return server.submitClientRequestAsync(request).thenAccept(Quorum::check);
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
}
