package dev.tiphys.store.raft;

import dev.tiphys.store.mvcc.Machine;
import dev.tiphys.store.mvcc.Outcome;
import dev.tiphys.store.record.Batch;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;

/**
 * What Ratis sees of the state machine. Ratis calls {@code applyTransaction} from one thread, in
 * order.
 */
final class Applier extends BaseStateMachine {
  private final Machine machine;
  private final BiConsumer<Batch, List<Outcome>> applied;
  private final Runnable leaderChanged;
  private final StateTransfer transfer;
  private final AddressBook addresses;
  private final Progress progress;
  private final RaftNames names;
  private final Runnable stateReplaced;
  private final RaftMetrics metrics;
  private final Consumer<String> fatal;

  Applier(
      Machine machine,
      BiConsumer<Batch, List<Outcome>> applied,
      Runnable leaderChanged,
      StateTransfer transfer,
      AddressBook addresses,
      Progress progress,
      RaftNames names,
      Runnable stateReplaced,
      RaftMetrics metrics,
      Consumer<String> fatal) {
    this.machine = machine;
    this.applied = applied;
    this.leaderChanged = leaderChanged;
    this.transfer = transfer;
    this.addresses = addresses;
    this.progress = progress;
    this.names = names;
    this.stateReplaced = stateReplaced;
    this.metrics = metrics;
    this.fatal = fatal;
  }

  @Override
  public void initialize(RaftServer server, RaftGroupId groupId, RaftStorage storage)
      throws IOException {
    getLifeCycle().transition(LifeCycle.State.STARTING);
    super.initialize(server, groupId, storage);
    startAfterState();
    progress.reached(machine.applied().index());
    getLifeCycle().transition(LifeCycle.State.RUNNING);
  }

  private void startAfterState() {
    // What the machine has beyond this point it will see again, and pass over.
    var durable = machine.durable();
    if (durable.index() >= 0) {
      setLastAppliedTermIndex(TermIndex.valueOf(durable.term(), durable.index()));
    }
  }

  @Override
  public CompletableFuture<Message> applyTransaction(TransactionContext context) {
    LogEntryProto entry = context.getLogEntry();
    try {
      var data = entry.getStateMachineLogEntry().getLogData();
      var batch = Batch.parseFrom(data.asReadOnlyByteBuffer());
      var parts = Entries.parts(batch);
      var outcomes = machine.apply(entry.getTerm(), entry.getIndex(), Entries.whole(batch, parts));
      updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
      progress.reached(entry.getIndex());
      if (!outcomes.isEmpty()) {
        int from = 0;
        for (var part : parts) {
          int to = from + part.getCommandsCount();
          applied.accept(part, outcomes.subList(from, to));
          from = to;
        }
      }
      return CompletableFuture.completedFuture(Message.EMPTY);
    } catch (IOException | RuntimeException e) {
      // The state is behind the log now; only a restart, which applies the entry again, can mend
      // that.
      fatal.accept("entry " + entry.getIndex() + " could not be applied: " + e);
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Ratis calls this before it syncs the Raft log, which waits for it. */
  @Override
  public CompletableFuture<Void> flush(long index) {
    try {
      names.syncChanges();
      return CompletableFuture.completedFuture(null);
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public CompletableFuture<TermIndex> notifyInstallSnapshotFromLeader(
      RoleInfoProto role, TermIndex firstAvailable) {
    var leader = role.getFollowerInfo().getLeaderInfo().getId();
    long number = Peers.number(RaftPeerId.valueOf(leader.getId()));
    return transfer
        .fetch(addresses.url(number, leader.getAddress()))
        .thenApply(state -> TermIndex.valueOf(state.term(), state.index()));
  }

  @Override
  public void pause() {
    getLifeCycle().transition(LifeCycle.State.PAUSING);
    getLifeCycle().transition(LifeCycle.State.PAUSED);
  }

  /** Takes the state that was fetched. No entry is applied meanwhile. */
  @Override
  public void reinitialize() throws IOException {
    try {
      transfer.install();
    } catch (IOException | RuntimeException e) {
      fatal.accept(
          "the state that was fetched from the leader cannot be opened; what was here before it may"
              + " be in log.replaced, which is left alone until log can be opened: "
              + e.getMessage());
      throw e;
    }
    stateReplaced.run();
    startAfterState();
    progress.reached(machine.applied().index());
    getLifeCycle().transition(LifeCycle.State.STARTING);
    getLifeCycle().transition(LifeCycle.State.RUNNING);
  }

  @Override
  public void notifyTermIndexUpdated(long term, long index) {
    machine.skip(term, index);
    super.notifyTermIndexUpdated(term, index);
    progress.reached(index);
  }

  @Override
  public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId leader) {
    metrics.leaderChanged();
    leaderChanged.run();
  }

  @Override
  public void notifyLeaderReady() {
    leaderChanged.run();
  }

  /** A member that was added hears of its leader before it knows where that one is. */
  @Override
  public void notifyConfigurationChanged(
      long term, long index, RaftConfigurationProto configuration) {
    leaderChanged.run();
  }

  @Override
  public void notifyLogFailed(Throwable cause, @Nullable LogEntryProto entry) {
    fatal.accept("the Raft log cannot be written: " + cause);
  }

  /** Never syncs: that would hold up the entries behind it. The checkpoints are made elsewhere. */
  @Override
  public long takeSnapshot() {
    long durable = machine.durable().index();
    return durable < 0 ? RaftLog.INVALID_LOG_INDEX : durable;
  }

  @Override
  public @Nullable SnapshotInfo getLatestSnapshot() {
    var durable = machine.durable();
    return durable.index() < 0 ? null : new Durable(durable);
  }

  private record Durable(Machine.Applied applied) implements SnapshotInfo {
    @Override
    public TermIndex getTermIndex() {
      return TermIndex.valueOf(applied.term(), applied.index());
    }

    @Override
    public List<org.apache.ratis.server.storage.FileInfo> getFiles() {
      return List.of();
    }
  }
}
