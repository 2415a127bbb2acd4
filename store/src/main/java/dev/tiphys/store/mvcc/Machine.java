package dev.tiphys.store.mvcc;

import com.google.protobuf.CodedInputStream;
import dev.tiphys.store.disk.CheckpointFile;
import dev.tiphys.store.disk.Disk;
import dev.tiphys.store.disk.Frame;
import dev.tiphys.store.disk.LogCleaner;
import dev.tiphys.store.disk.LogRecovery;
import dev.tiphys.store.disk.RevisionLog;
import dev.tiphys.store.record.Batch;
import dev.tiphys.store.record.Checkpoint;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.record.LeaseRecord;
import dev.tiphys.store.record.SystemChange;
import dev.tiphys.store.rpc.AlarmMember;
import dev.tiphys.store.rpc.AlarmRequest;
import dev.tiphys.store.rpc.AlarmResponse;
import dev.tiphys.store.rpc.AlarmType;
import dev.tiphys.store.rpc.CompactionRequest;
import dev.tiphys.store.rpc.CompactionResponse;
import dev.tiphys.store.rpc.KeyValue;
import dev.tiphys.store.rpc.LeaseGrantRequest;
import dev.tiphys.store.rpc.LeaseGrantResponse;
import dev.tiphys.store.rpc.LeaseRevokeRequest;
import dev.tiphys.store.rpc.LeaseRevokeResponse;
import dev.tiphys.store.rpc.RangeRequest;
import dev.tiphys.store.rpc.RangeResponse;
import dev.tiphys.store.rpc.ResponseHeader;
import dev.tiphys.store.rpc.TxnRequest;
import dev.tiphys.store.rpc.TxnResponse;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The state machine. {@link #apply} is called by one thread, entry by entry, in the order of Raft;
 * all else may be called by any thread. What {@code apply} returned is in the log but perhaps not
 * synced: the Raft log must keep every entry after {@link #checkpoint}.
 */
public final class Machine implements Closeable {
  private final KeyIndex index = new KeyIndex();
  private final Leases leases = new Leases();
  private final ConcurrentSkipListSet<AlarmMember> alarms =
      new ConcurrentSkipListSet<>(
          Comparator.comparingLong(AlarmMember::getMemberID)
              .thenComparing(AlarmMember::getAlarmValue));
  private final CheckpointFile checkpoints;
  private final RevisionLog log;
  private final Records records;
  private final Ranges ranges;
  private final ReentrantLock applying = new ReentrantLock();
  private final ReentrantLock checkpointing = new ReentrantLock();
  private final ReentrantLock cleaning = new ReentrantLock();
  private final WatchHub hub;

  private volatile long revision = 1;
  private volatile long compacted;
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
    return leases;
  }

  /** The alarms that are raised. */
  public List<AlarmMember> alarms() {
    return List.copyOf(alarms);
  }

  /** The newest revision; an empty store has revision 1. */
  public long revision() {
    return revision;
  }

  /** The revision of the last compaction; 0: none yet. */
  public long compacted() {
    return compacted;
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
    applying.lock();
    try {
      if (raftIndex <= applied.index()) {
        return List.of();
      }
      var entry = new Entry(index, log, leases, revision);
      log.begin(term, raftIndex, revision);
      var outcomes = new ArrayList<Outcome>(batch.getCommandsCount());
      for (var command : batch.getCommandsList()) {
        try {
          outcomes.add(new Outcome.Done(carryOut(command, entry)));
        } catch (StoreException e) {
          outcomes.add(new Outcome.Refused(e.error()));
        }
        entry.endCommand();
      }
      log.end();
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
    Transactions.revision(asked, newest, compacted);
    var response = ranges.at(request, asked > 0 ? asked : newest);
    if (asked > 0) {
      Transactions.revision(asked, newest, compacted);
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
      var transactions = new Transactions(index, records, leases);
      decided = transactions.decide(request, newest);
      transactions.check(decided, newest, compacted);
    } finally {
      applying.unlock();
    }
    return Transactions.read(decided, newest, r -> range(r, newest));
  }

  /** Makes all that was applied by now durable and returns the last entry of it. */
  public Applied checkpoint() throws IOException {
    checkpointing.lock();
    try {
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
      return durable;
    } finally {
      checkpointing.unlock();
    }
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
      index.all().forEach(history -> history.addLive(live));
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
    var history = index.get(kv.key());
    if (history != null && history.holds(kv.modRevision(), place)) {
      return to -> history.move(kv.modRevision(), place, to);
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
    long from = compacted;
    Transactions.revision(upTo, newest, from);
    long to = upTo > 0 ? upTo : newest;
    var crc = new CRC32C();
    for (var history : index.all()) {
      var kept = records.at(history, from);
      if (kept != null) {
        crc.update(kept.toByteString().asReadOnlyByteBuffer());
      }
      KeyHistory.Version version;
      for (int n = 0; (version = history.within(from + 1, to, n)) != null; n++) {
        var event = event(history, version).event();
        crc.update(event.toByteString().asReadOnlyByteBuffer());
      }
    }
    return new StateHash((int) crc.getValue(), from, to);
  }

  /** A checksum of the revisions from a compaction up to a revision. */
  public record StateHash(int value, long compacted, long revision) {}

  @Override
  public void close() throws IOException {
    hub.close();
    log.close();
  }

  /**
   * The key-value before a revision, for watches; null when there was none, or it was compacted.
   */
  @Nullable KeyValue previous(byte[] key, long before) throws IOException {
    var history = index.get(key);
    return history == null ? null : records.at(history, before - 1);
  }

  /**
   * The changes to a range of keys in [from, to], oldest first: whole revisions, about {@code
   * limit} events.
   *
   * @throws StoreException {@link StoreError#COMPACTED}
   */
  List<Change> changes(KeyRange range, long from, long to, int limit) throws IOException {
    if (from < compacted) {
      throw StoreError.COMPACTED.exception();
    }
    record Found(KeyHistory history, KeyHistory.Version version) {}
    var found = new ArrayList<Found>();
    for (var history : index.in(range)) {
      KeyHistory.Version version;
      for (int n = 0; (version = history.within(from, to, n)) != null; n++) {
        found.add(new Found(history, version));
      }
    }
    found.sort(
        Comparator.<Found>comparingLong(f -> f.version.revision())
            .thenComparingLong(f -> f.version.place()));
    var changes = new ArrayList<Change>();
    List<Change.KeyEvent> events = List.of();
    long current = 0;
    int count = 0;
    for (var f : found) {
      if (f.version.revision() != current) {
        if (count >= limit) {
          break;
        }
        current = f.version.revision();
        events = new ArrayList<>();
        changes.add(new Change(current, events));
      }
      events.add(event(f.history, f.version));
      count++;
    }
    if (from < compacted) {
      throw StoreError.COMPACTED.exception();
    }
    return changes;
  }

  private Change.KeyEvent event(KeyHistory history, KeyHistory.Version version) throws IOException {
    if (version.deleted()) {
      var key = com.google.protobuf.UnsafeByteOperations.unsafeWrap(history.key());
      return Change.KeyEvent.delete(history.key(), Records.deletion(key, version.revision()));
    }
    var kv = records.at(history, version.revision());
    if (kv == null) {
      throw StoreError.COMPACTED.exception();
    }
    return Change.KeyEvent.put(history.key(), kv);
  }

  private com.google.protobuf.MessageLite carryOut(Command command, Entry entry)
      throws IOException {
    return switch (command.getWhatCase()) {
      case PUT -> {
        needSpace();
        var put = command.getPut();
        if (put.getLease() != 0 && !leases.exists(put.getLease())) {
          throw StoreError.LEASE_NOT_FOUND.exception();
        }
        if ((put.getIgnoreValue() || put.getIgnoreLease())
            && !entry.head(put.getKey().toByteArray()).exists()) {
          throw StoreError.KEY_NOT_FOUND.exception();
        }
        yield entry.put(put);
      }
      case DELETE_RANGE -> entry.delete(command.getDeleteRange());
      case TXN -> transact(command.getTxn(), entry);
      case COMPACT -> compact(command.getCompact(), entry);
      case LEASE_GRANT -> grant(command.getLeaseGrant(), entry);
      case LEASE_REVOKE -> revoke(command.getLeaseRevoke(), entry);
      case ALARM -> alarm(command.getAlarm(), entry);
      case WHAT_NOT_SET ->
          throw new IOException(
              "a command of a kind that this release does not know is in the Raft log; run the"
                  + " release that wrote it, or a newer one");
    };
  }

  private TxnResponse transact(TxnRequest request, Entry entry) throws IOException {
    if (!Checks.readOnly(request) && puts(request)) {
      needSpace();
    }
    var transactions = new Transactions(index, new Records(log::readAppended), leases);
    var decided = transactions.decide(request, entry.revision());
    transactions.check(decided, entry.revision(), compacted);
    return Transactions.run(decided, entry);
  }

  private static boolean puts(TxnRequest request) {
    for (var branch : List.of(request.getSuccessList(), request.getFailureList())) {
      for (var op : branch) {
        if (op.hasRequestPut() || (op.hasRequestTxn() && puts(op.getRequestTxn()))) {
          return true;
        }
      }
    }
    return false;
  }

  private CompactionResponse compact(CompactionRequest request, Entry entry) throws IOException {
    if (request.getRevision() <= compacted) {
      throw StoreError.COMPACTED.exception();
    }
    if (request.getRevision() > entry.revision()) {
      throw StoreError.FUTURE_REVISION.exception();
    }
    entry.system(SystemChange.newBuilder().setCompacted(request.getRevision()).build());
    compacted = request.getRevision();
    return CompactionResponse.newBuilder().setHeader(entry.header()).build();
  }

  private LeaseGrantResponse grant(LeaseGrantRequest request, Entry entry) throws IOException {
    needSpace();
    if (leases.exists(request.getID())) {
      throw StoreError.LEASE_EXISTS.exception();
    }
    var record =
        LeaseRecord.newBuilder().setId(request.getID()).setTtlSeconds(request.getTTL()).build();
    entry.system(SystemChange.newBuilder().setLeaseGranted(record).build());
    leases.grant(request.getID(), request.getTTL());
    return LeaseGrantResponse.newBuilder()
        .setHeader(entry.header())
        .setID(request.getID())
        .setTTL(request.getTTL())
        .build();
  }

  private LeaseRevokeResponse revoke(LeaseRevokeRequest request, Entry entry) throws IOException {
    if (!leases.exists(request.getID())) {
      throw StoreError.LEASE_NOT_FOUND.exception();
    }
    entry.revoke(request.getID());
    return LeaseRevokeResponse.newBuilder().setHeader(entry.header()).build();
  }

  private AlarmResponse alarm(AlarmRequest request, Entry entry) throws IOException {
    var response = AlarmResponse.newBuilder().setHeader(entry.header());
    var alarm =
        AlarmMember.newBuilder()
            .setMemberID(request.getMemberID())
            .setAlarm(request.getAlarm())
            .build();
    switch (request.getAction()) {
      case ACTIVATE -> {
        if (alarm.getAlarm() != AlarmType.NONE && alarms.add(alarm)) {
          entry.system(SystemChange.newBuilder().setAlarmRaised(alarm).build());
          response.addAlarms(alarm);
        }
      }
      case DEACTIVATE -> {
        for (var raised : alarms) {
          boolean meant =
              (request.getMemberID() == 0 || request.getMemberID() == raised.getMemberID())
                  && (request.getAlarm() == AlarmType.NONE
                      || request.getAlarm() == raised.getAlarm());
          if (meant && alarms.remove(raised)) {
            entry.system(SystemChange.newBuilder().setAlarmCleared(raised).build());
            response.addAlarms(raised);
          }
        }
      }
      case GET, UNRECOGNIZED -> response.addAllAlarms(alarms);
    }
    return response.build();
  }

  private void needSpace() {
    for (var alarm : alarms) {
      if (alarm.getAlarm() == AlarmType.NOSPACE) {
        throw StoreError.NO_SPACE.exception();
      }
    }
  }

  private Checkpoint describe() {
    var mark = log.mark();
    var checkpoint =
        Checkpoint.newBuilder()
            .setSegment(mark.segment())
            .setOffset(mark.offset())
            .setTerm(applied.term())
            .setIndex(applied.index())
            .setRevision(revision)
            .setCompacted(compacted)
            .addAllAlarms(alarms);
    for (var lease : leases.all()) {
      checkpoint.addLeases(
          LeaseRecord.newBuilder().setId(lease.id()).setTtlSeconds(lease.ttlSeconds()));
    }
    return checkpoint.build();
  }

  private void restore(Checkpoint checkpoint) {
    revision = checkpoint.getRevision();
    compacted = checkpoint.getCompacted();
    applied = new Applied(checkpoint.getTerm(), checkpoint.getIndex());
    durable = applied;
    durableSegment = checkpoint.getSegment();
    durableCompacted = checkpoint.getCompacted();
    alarms.addAll(checkpoint.getAlarmsList());
    checkpoint.getLeasesList().forEach(l -> leases.grant(l.getId(), l.getTtlSeconds()));
  }

  private void replay(Frame frame, long place, int length) throws IOException {
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
        if (frame.index() > durable.index()) {
          var input = CodedInputStream.newInstance(frame.payload());
          replay(SystemChange.parseFrom(input));
        }
      }
    }
    if (frame.last() && frame.index() > applied.index()) {
      applied = new Applied(frame.term(), frame.index());
    }
  }

  private void replay(SystemChange change) {
    switch (change.getWhatCase()) {
      case LEASE_GRANTED ->
          leases.grant(change.getLeaseGranted().getId(), change.getLeaseGranted().getTtlSeconds());
      case LEASE_REVOKED -> leases.revoke(change.getLeaseRevoked());
      case COMPACTED -> compacted = Math.max(compacted, change.getCompacted());
      case ALARM_RAISED -> alarms.add(change.getAlarmRaised());
      case ALARM_CLEARED -> alarms.remove(change.getAlarmCleared());
      case WHAT_NOT_SET -> {}
    }
  }

  private void finishReplay() {
    index.compact(compacted);
    for (var history : index.all()) {
      long lease = history.head().lease();
      if (lease != 0) {
        leases.bind(lease, com.google.protobuf.UnsafeByteOperations.unsafeWrap(history.key()));
      }
    }
  }
}
