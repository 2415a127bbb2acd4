package dev.tiphys.store.mvcc;

import dev.tiphys.store.disk.CheckpointFile;
import dev.tiphys.store.disk.Disk;
import dev.tiphys.store.disk.LogCleaner;
import dev.tiphys.store.disk.RevisionLog;
import dev.tiphys.store.disk.Room;
import dev.tiphys.store.record.Batch;
import dev.tiphys.store.record.Checkpoint;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.record.MemberRecord;
import dev.tiphys.store.rpc.AlarmMember;
import dev.tiphys.store.rpc.RangeRequest;
import dev.tiphys.store.rpc.RangeResponse;
import dev.tiphys.store.rpc.TxnRequest;
import dev.tiphys.store.rpc.TxnResponse;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The state machine. {@link #apply} is called by one thread, entry by entry, in the order of Raft;
 * all else may be called by any thread. What {@code apply} returned is in the log but perhaps not
 * synced: the Raft log must keep every entry after {@link #checkpoint}.
 */
public final class Machine implements Closeable {
  private final RevisionLog.Limits limits;
  private final Guard guard;
  private final Room room;
  private final Stopwatch stopwatch;
  private final ReentrantLock applying = new ReentrantLock();
  private final ReentrantLock checkpointing = new ReentrantLock();
  private final ReentrantLock cleaning = new ReentrantLock();
  private final WatchHub hub;

  private volatile Opened now;
  private volatile long revision;
  private volatile Applied applied;
  private volatile Applied durable;
  private volatile int durableSegment;
  private volatile long durableCompacted;
  private volatile long bytesInUse;

  private final Reads reads = new Reads(() -> this.now, () -> this.revision);

  /** A Raft entry. */
  public record Applied(long term, long index) {}

  /**
   * Opens the state below a directory, or makes it.
   *
   * @throws dev.tiphys.store.disk.CorruptLogException when durable data is damaged
   */
  public Machine(Disk disk, RevisionLog.Limits limits) throws IOException {
    this(disk, limits, Guard.OPEN, Room.NONE);
  }

  /**
   * As the other constructor.
   *
   * @param guard says who may change what
   * @param room is asked when the disk is full
   */
  public Machine(Disk disk, RevisionLog.Limits limits, Guard guard, Room room) throws IOException {
    this(disk, limits, guard, room, Stopwatch.NONE);
  }

  /** As the other constructors; the stopwatch is told how long the disk takes. */
  public Machine(Disk disk, RevisionLog.Limits limits, Guard guard, Room room, Stopwatch stopwatch)
      throws IOException {
    this.stopwatch = stopwatch;
    this.limits = limits;
    this.guard = guard;
    this.room = room;
    now = new Opened(disk, limits, guard, room);
    revision = now.revision;
    applied = now.applied;
    durable = now.durable;
    durableSegment = now.durableSegment;
    durableCompacted = now.durableCompacted;
    hub = new WatchHub(this);
    if (now.isNew) {
      checkpoint();
    }
  }

  /**
   * Leaves the state for another one, of another disk, that is further on. Readers see the old one
   * whole or the new one whole. Not while entries are applied.
   *
   * @param move brings the new state's files to their place, when nothing uses the old ones any
   *     more, and returns the disk that they are on then
   */
  public void replace(Relocation move) throws IOException {
    cleaning.lock();
    checkpointing.lock();
    applying.lock();
    try {
      now.log.close();
      var next = new Opened(move.move(), limits, guard, room);
      now = next;
      applied = next.applied;
      durable = next.durable;
      durableSegment = next.durableSegment;
      durableCompacted = next.durableCompacted;
      bytesInUse = 0;
      revision = next.revision;
    } finally {
      applying.unlock();
      checkpointing.unlock();
      cleaning.unlock();
    }
  }

  /** Moves files. */
  @FunctionalInterface
  public interface Relocation {
    /** Returns where they are now. */
    Disk move() throws IOException;
  }

  /** Where watches are opened. */
  public WatchHub watches() {
    return hub;
  }

  /** The leases that exist. */
  public Leases leases() {
    return now.system.leases();
  }

  /** The alarms that are raised. */
  public List<AlarmMember> alarms() {
    return now.system.alarms();
  }

  /** The members that were added or made themselves known; any thread. */
  public List<MemberRecord> members() {
    return now.system.members();
  }

  /** One of {@link #members}; null when there is none with this number. */
  public @Nullable MemberRecord member(long id) {
    return now.system.member(id);
  }

  /** True for the number of a former member, which never comes again. */
  public boolean isRemoved(long member) {
    return now.system.isRemoved(member);
  }

  /** The newest revision; an empty store has revision 1. */
  public long revision() {
    return revision;
  }

  /** The revision of the last compaction; 0: none yet. */
  public long compacted() {
    return now.system.compacted();
  }

  /** The last Raft entry that was applied. */
  public Applied applied() {
    return applied;
  }

  /** The last Raft entry that is durable here: the Raft log may forget it and all before. */
  public Applied durable() {
    return durable;
  }

  /** True while what was to be applied waits for room on the disk. */
  public boolean isOutOfRoom() {
    return room.isAwaited();
  }

  /** True for what a new member begins with. To be asked before anything is applied. */
  public boolean isBlank() {
    return CheckpointFile.isBlank(describe());
  }

  /** Bytes on disk. */
  public long bytes() {
    return now.log.bytes();
  }

  /** Bytes on disk that somebody can still ask for, as of the last compaction. */
  public long bytesInUse() {
    return bytesInUse == 0 ? now.log.bytes() : Math.min(bytesInUse, now.log.bytes());
  }

  /**
   * Applies one entry and returns the outcome of each command. An entry that is already applied
   * changes nothing and returns no outcomes.
   *
   * @throws IOException when the disk fails: the state is then behind and the process must end
   */
  public List<Outcome> apply(long term, long raftIndex, Batch batch) throws IOException {
    applying.lock();
    try {
      return raftIndex <= applied.index()
          ? List.of()
          : apply(term, raftIndex, batch.getCommandsList(), false);
    } finally {
      applying.unlock();
    }
  }

  /**
   * Applies commands as the next entry, which no Raft log has: it is synced here before anybody can
   * read it, and before this returns. An entry that changes nothing takes no index.
   *
   * @throws IOException when the disk fails: the state is then unknown and the process must end
   */
  public List<Outcome> applySynced(long term, List<Command> commands) throws IOException {
    applying.lock();
    try {
      return apply(term, Math.max(0, applied.index()) + 1, commands, true);
    } finally {
      applying.unlock();
    }
  }

  private List<Outcome> apply(long term, long entryIndex, List<Command> batch, boolean alone)
      throws IOException {
    var entry = new Entry(now.index, now.log, now.system.leases(), revision);
    var commands =
        new Commands(
            term,
            entry,
            now.system,
            new Transactions(now.index, new Records(now.log::readAppended), now.system.leases()));
    now.log.begin(term, entryIndex, revision, alone);
    var outcomes = new ArrayList<Outcome>(batch.size());
    for (var command : batch) {
      try {
        outcomes.add(new Outcome.Done(commands.carryOut(command)));
      } catch (StoreException e) {
        outcomes.add(new Outcome.Refused(e.error()));
      }
      entry.endCommand();
    }
    boolean wrote = now.log.end();
    if (wrote && alone) {
      long begun = stopwatch.now();
      now.log.sync();
      stopwatch.synced(begun);
    }
    if (wrote || !alone) {
      applied = new Applied(term, entryIndex);
    }
    revision = entry.revision();
    hub.publish(entry.changes());
    return outcomes;
  }

  /** Notes an entry of Raft's own, which has no commands. */
  public void skip(long term, long raftIndex) {
    applying.lock();
    try {
      if (raftIndex > applied.index()) {
        applied = new Applied(term, raftIndex);
      }
    } finally {
      applying.unlock();
    }
  }

  /** Answers a range as of now. The header has the revision only. */
  public RangeResponse range(RangeRequest request) throws IOException {
    try (var answer = answer(request)) {
      return answer.response();
    }
  }

  /** Answers a range as of now, ready to be sent; close what is returned. */
  public RangeAnswer answer(RangeRequest request) throws IOException {
    return reads.answer(request);
  }

  /**
   * Begins to answer a range piece by piece, as of now or of the revision asked for.
   *
   * @param pieceBytes a piece ends with the record that makes it as long as this; at least 1
   */
  public RangePieces pieces(RangeRequest request, int pieceBytes) {
    return new RangePieces(() -> now, revision, request, pieceBytes);
  }

  /** Answers a transaction that only reads. */
  public TxnResponse read(TxnRequest request) throws IOException {
    while (true) {
      long newest;
      Transactions.Decided decided;
      applying.lock();
      try {
        newest = revision;
        var transactions = new Transactions(now.index, now.records, now.system.leases());
        decided = transactions.decide(request, newest);
        transactions.check(decided, newest, now.system.compacted());
      } finally {
        applying.unlock();
      }
      var response = Transactions.read(decided, newest, r -> reads.within(r, newest));
      // What is compacted meanwhile may be missing: then all of it is read as of a later revision.
      if (newest >= now.system.compacted()) {
        return response;
      }
    }
  }

  /** Makes all that was applied by now durable and returns the last entry of it. */
  public Applied checkpoint() throws IOException {
    checkpointing.lock();
    try {
      makeDurable();
      return durable;
    } finally {
      checkpointing.unlock();
    }
  }

  /**
   * Shows the whole state as of now. Reads and writes go on; the space of what is compacted
   * meanwhile comes back afterwards. One at a time.
   */
  public void view(StateView.Viewer viewer) throws IOException, InterruptedException {
    cleaning.lock();
    try {
      Checkpoint checkpoint;
      checkpointing.lock();
      try {
        checkpoint = makeDurable();
      } finally {
        checkpointing.unlock();
      }
      viewer.view(new StateView(now.index, now.log, checkpoint));
    } finally {
      cleaning.unlock();
    }
  }

  private Checkpoint makeDurable() throws IOException {
    Checkpoint checkpoint;
    applying.lock();
    try {
      checkpoint = describe();
    } finally {
      applying.unlock();
    }
    if (checkpoint.getIndex() > durable.index() || durable.index() < 0) {
      long begun = stopwatch.now();
      now.log.sync();
      now.checkpoints.write(checkpoint);
      stopwatch.checkpointed(begun);
      durable = new Applied(checkpoint.getTerm(), checkpoint.getIndex());
      durableSegment = checkpoint.getSegment();
      durableCompacted = checkpoint.getCompacted();
    }
    return checkpoint;
  }

  /** Fails once the log could not be synced, whoever met it: the process must end. */
  public void mustBeSound() throws IOException {
    now.log.mustBeSound();
  }

  /**
   * Forgets what the last compaction made unreachable, in the index and on disk. Slow; runs beside
   * everything else, but waits for a snapshot that is being read.
   */
  public void dropCompacted() throws IOException {
    cleaning.lock();
    drop();
  }

  /** As {@link #dropCompacted}; returns false, at once, when a snapshot is being read. */
  public boolean tryDropCompacted() throws IOException {
    if (!cleaning.tryLock()) {
      return false;
    }
    drop();
    return true;
  }

  private void drop() throws IOException {
    try {
      // A crash goes back to the checkpoint: only what its compaction covers may go.
      checkpoint();
      long revision = durableCompacted;
      now.index.compact(revision);
      var live = new HashMap<Integer, Long>();
      now.index.all().forEach(found -> found.addLive(live));
      bytesInUse = live.values().stream().mapToLong(Long::longValue).sum();
      new LogCleaner(now.log, new NeededRecords(now.index)).clean(durableSegment, revision, live);
    } finally {
      cleaning.unlock();
    }
  }

  /**
   * A checksum of the state as of one revision: equal on members that agree, etcd's included,
   * whatever their files look like. Reads the whole log, beside readers and writers; only what
   * rewrites the log waits for it.
   *
   * @throws StoreException when that revision is compacted, or there is none yet
   * @throws java.util.concurrent.CancellationException when it is not wanted any more
   */
  public StateHash hash(StateHash.Wanted wanted) throws IOException {
    cleaning.lock();
    try {
      var here = position();
      long compacted = Math.max(now.system.compacted(), wanted.compacted());
      Transactions.revision(wanted.upTo(), here.revision(), compacted);
      long to = wanted.upTo() > 0 ? wanted.upTo() : here.revision();
      var sum = new StateSum(now.index, compacted, to, wanted);
      for (var frames = now.log.frames(here.end()); frames.next(); ) {
        sum.add(frames.frame(), frames.place());
      }
      return new StateHash(sum.value(), compacted, to);
    } finally {
      cleaning.unlock();
    }
  }

  /** Where the state stands: all three of the same moment. */
  public Position position() {
    applying.lock();
    try {
      return new Position(applied, revision, now.log.mark());
    } finally {
      applying.unlock();
    }
  }

  @Override
  public void close() throws IOException {
    hub.close();
    now.log.close();
  }

  /** What happened, for watches; of the state in force, so to be asked for each time. */
  History history() {
    return now.history;
  }

  private Checkpoint describe() {
    var mark = now.log.mark();
    var checkpoint =
        Checkpoint.newBuilder()
            .setSegment(mark.segment())
            .setOffset(mark.offset())
            .setTerm(applied.term())
            .setIndex(applied.index())
            .setRevision(revision);
    now.system.describe(checkpoint);
    return checkpoint.build();
  }
}
