package dev.tiphys.store.mvcc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import dev.tiphys.store.disk.CheckpointFile;
import dev.tiphys.store.disk.Disk;
import dev.tiphys.store.disk.Frame;
import dev.tiphys.store.disk.LogCleaner;
import dev.tiphys.store.disk.LogRecovery;
import dev.tiphys.store.disk.LogSnapshot;
import dev.tiphys.store.disk.RevisionLog;
import dev.tiphys.store.record.Batch;
import dev.tiphys.store.record.Checkpoint;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.record.SystemChange;
import dev.tiphys.store.rpc.AlarmMember;
import dev.tiphys.store.rpc.KeyValue;
import dev.tiphys.store.rpc.RangeRequest;
import dev.tiphys.store.rpc.RangeResponse;
import dev.tiphys.store.rpc.ResponseHeader;
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
  private final KeyIndex index = new KeyIndex();
  private final SystemState system;
  private final CheckpointFile checkpoints;
  private final RevisionLog log;
  private final Records records;
  private final Ranges ranges;
  private final History history;
  private final ReentrantLock applying = new ReentrantLock();
  private final ReentrantLock checkpointing = new ReentrantLock();
  private final ReentrantLock cleaning = new ReentrantLock();
  private final WatchHub hub;

  private volatile long revision = 1;
  private volatile Applied applied = new Applied(0, -1);
  private volatile Applied durable = new Applied(0, -1);
  private volatile int durableSegment;
  private volatile long durableCompacted;
  private volatile long bytesInUse;

  /** A Raft entry. */
  public record Applied(long term, long index) {}

  /**
   * Opens the state below a directory, or makes it.
   *
   * @throws dev.tiphys.store.disk.CorruptLogException when durable data is damaged
   */
  public Machine(Disk disk, RevisionLog.Limits limits) throws IOException {
    this(disk, limits, Guard.OPEN);
  }

  /** As the other constructor, with somebody who says who may change what. */
  public Machine(Disk disk, RevisionLog.Limits limits, Guard guard) throws IOException {
    system = new SystemState(guard);
    checkpoints = new CheckpointFile(disk);
    var checkpoint = checkpoints.read();
    if (checkpoint.isPresent()) {
      restore(checkpoint.get());
      var synced =
          new RevisionLog.Mark(checkpoint.get().getSegment(), checkpoint.get().getOffset());
      log = LogRecovery.open(disk, limits, synced, this::replay);
      finishReplay();
    } else {
      log = LogRecovery.create(disk, limits, revision);
    }
    records = new Records(log::read);
    ranges = new Ranges(index, records);
    history = new History(index, records, system);
    hub = new WatchHub(this);
    if (checkpoint.isEmpty()) {
      checkpoint();
    }
  }

  /** Where watches are opened. */
  public WatchHub watches() {
    return hub;
  }

  /** The leases that exist. */
  public Leases leases() {
    return system.leases();
  }

  /** The alarms that are raised. */
  public List<AlarmMember> alarms() {
    return system.alarms();
  }

  /** The newest revision; an empty store has revision 1. */
  public long revision() {
    return revision;
  }

  /** The revision of the last compaction; 0: none yet. */
  public long compacted() {
    return system.compacted();
  }

  /** The last Raft entry that was applied. */
  public Applied applied() {
    return applied;
  }

  /** The last Raft entry that is durable here: the Raft log may forget it and all before. */
  public Applied durable() {
    return durable;
  }

  /** Bytes on disk. */
  public long bytes() {
    return log.bytes();
  }

  /** Bytes on disk that somebody can still ask for, as of the last compaction. */
  public long bytesInUse() {
    return bytesInUse == 0 ? log.bytes() : Math.min(bytesInUse, log.bytes());
  }

  /**
   * Applies one entry and returns the outcome of each command. An entry that is already applied
   * changes nothing and returns no outcomes.
   *
   * @throws IOException when the disk fails: the state is then behind and the process must end
   */
  public List<Outcome> apply(long term, long raftIndex, Batch batch) throws IOException {
    return apply(term, raftIndex, batch.getCommandsList(), false);
  }

  /**
   * Applies one entry that no Raft log has: it is synced here before anybody can read it, and
   * before this returns.
   *
   * @throws IOException when the disk fails: the state is then unknown and the process must end
   */
  public List<Outcome> applySynced(long term, long index, List<Command> commands)
      throws IOException {
    return apply(term, index, commands, true);
  }

  private List<Outcome> apply(long term, long raftIndex, List<Command> batch, boolean sync)
      throws IOException {
    applying.lock();
    try {
      if (raftIndex <= applied.index()) {
        return List.of();
      }
      var entry = new Entry(index, log, system.leases(), revision);
      var commands =
          new Commands(
              entry,
              system,
              new Transactions(index, new Records(log::readAppended), system.leases()));
      log.begin(term, raftIndex, revision);
      var outcomes = new ArrayList<Outcome>(batch.size());
      for (var command : batch) {
        try {
          outcomes.add(new Outcome.Done(commands.carryOut(command)));
        } catch (StoreException e) {
          outcomes.add(new Outcome.Refused(e.error()));
        }
        entry.endCommand();
      }
      if (log.end() && sync) {
        log.sync();
      }
      applied = new Applied(term, raftIndex);
      revision = entry.revision();
      hub.publish(entry.changes());
      return outcomes;
    } finally {
      applying.unlock();
    }
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
    return range(request, revision);
  }

  private RangeResponse range(RangeRequest request, long newest) throws IOException {
    long asked = request.getRevision();
    Transactions.revision(asked, newest, system.compacted());
    var response = ranges.at(request, asked > 0 ? asked : newest);
    if (asked > 0) {
      Transactions.revision(asked, newest, system.compacted());
    }
    return response.toBuilder().setHeader(ResponseHeader.newBuilder().setRevision(newest)).build();
  }

  /** Answers a transaction that only reads. */
  public TxnResponse read(TxnRequest request) throws IOException {
    long newest;
    Transactions.Decided decided;
    applying.lock();
    try {
      newest = revision;
      var transactions = new Transactions(index, records, system.leases());
      decided = transactions.decide(request, newest);
      transactions.check(decided, newest, system.compacted());
    } finally {
      applying.unlock();
    }
    return Transactions.read(decided, newest, r -> range(r, newest));
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
   * Gives the whole state as of now as one stream. Reads and writes go on; the space of what is
   * compacted meanwhile comes back afterwards.
   */
  public void snapshot(LogSnapshot.Taker taker) throws IOException, InterruptedException {
    cleaning.lock();
    try {
      Checkpoint checkpoint;
      checkpointing.lock();
      try {
        checkpoint = makeDurable();
      } finally {
        checkpointing.unlock();
      }
      var mark = new RevisionLog.Mark(checkpoint.getSegment(), checkpoint.getOffset());
      log.snapshot(checkpoint, mark).read(taker);
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
      log.sync();
      checkpoints.write(checkpoint);
      durable = new Applied(checkpoint.getTerm(), checkpoint.getIndex());
      durableSegment = checkpoint.getSegment();
      durableCompacted = checkpoint.getCompacted();
    }
    return checkpoint;
  }

  /**
   * Forgets what the last compaction made unreachable, in the index and on disk. Slow; runs beside
   * everything else.
   */
  public void dropCompacted() throws IOException {
    cleaning.lock();
    try {
      // A crash goes back to the checkpoint: only what its compaction covers may go.
      checkpoint();
      long revision = durableCompacted;
      index.compact(revision);
      var live = new HashMap<Integer, Long>();
      index.all().forEach(found -> found.addLive(live));
      bytesInUse = live.values().stream().mapToLong(Long::longValue).sum();
      new LogCleaner(log, this::keep).clean(durableSegment, revision, live);
    } finally {
      cleaning.unlock();
    }
  }

  private LogCleaner.@Nullable Relocation keep(Frame frame, long place, long cleanedBefore)
      throws IOException {
    if (frame.kind() == Frame.Kind.SYSTEM) {
      return null; // the checkpoint has what came of it
    }
    var kv = Records.Heading.parse(frame.payload().duplicate());
    var found = index.get(kv.key());
    if (found != null && found.holds(kv.modRevision(), place)) {
      return to -> found.move(kv.modRevision(), place, to);
    }
    // A deletion that nobody can ask for still hides older records that are on disk.
    boolean hides = frame.kind() == Frame.Kind.DELETE && kv.modRevision() > cleanedBefore;
    return hides ? _ -> {} : null;
  }

  /**
   * A checksum of everything that can be asked for up to a revision: equal on members that agree,
   * whatever their files look like.
   *
   * @param upTo 0: the newest revision
   */
  public StateHash hash(long upTo) throws IOException {
    long newest = revision;
    Transactions.revision(upTo, newest, system.compacted());
    return history.hash(upTo > 0 ? upTo : newest);
  }

  /** A checksum of the revisions from a compaction up to a revision. */
  public record StateHash(int value, long compacted, long revision) {}

  @Override
  public void close() throws IOException {
    hub.close();
    log.close();
  }

  /** The changes to a range of keys, for watches; see {@link History#changes}. */
  List<Change> changes(KeyRange range, long from, long to, int limit) throws IOException {
    return history.changes(range, from, to, limit);
  }

  /** The key-value before a revision, for watches; see {@link History#previous}. */
  @Nullable KeyValue previous(byte[] key, long before) throws IOException {
    return history.previous(key, before);
  }

  private Checkpoint describe() {
    var mark = log.mark();
    var checkpoint =
        Checkpoint.newBuilder()
            .setSegment(mark.segment())
            .setOffset(mark.offset())
            .setTerm(applied.term())
            .setIndex(applied.index())
            .setRevision(revision);
    system.describe(checkpoint);
    return checkpoint.build();
  }

  private void restore(Checkpoint checkpoint) {
    revision = checkpoint.getRevision();
    applied = new Applied(checkpoint.getTerm(), checkpoint.getIndex());
    durable = applied;
    durableSegment = checkpoint.getSegment();
    durableCompacted = checkpoint.getCompacted();
    system.restore(checkpoint);
  }

  private void replay(Frame frame, long place, int length, boolean synced) throws IOException {
    switch (frame.kind()) {
      case PUT -> {
        var kv = Records.Heading.parse(frame.payload());
        index.put(
            kv.key(),
            kv.modRevision(),
            place,
            length,
            kv.createRevision(),
            kv.version(),
            kv.lease());
        revision = Math.max(revision, kv.modRevision());
      }
      case DELETE -> {
        var kv = Records.Heading.parse(frame.payload());
        index.delete(kv.key(), kv.modRevision(), place, length);
        revision = Math.max(revision, kv.modRevision());
      }
      case SYSTEM -> {
        if (!synced) {
          system.apply(SystemChange.parseFrom(CodedInputStream.newInstance(frame.payload())));
        }
      }
    }
    // The checkpoint knows what came of everything before it.
    if (!synced && frame.last()) {
      applied = new Applied(frame.term(), frame.index());
    }
  }

  private void finishReplay() {
    index.compact(system.compacted());
    for (var found : index.all()) {
      long lease = found.head().lease();
      if (lease != 0) {
        system.leases().bind(lease, UnsafeByteOperations.unsafeWrap(found.key()));
      }
    }
  }
}
