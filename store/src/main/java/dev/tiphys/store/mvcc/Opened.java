package dev.tiphys.store.mvcc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import dev.tiphys.store.disk.CheckpointFile;
import dev.tiphys.store.disk.Disk;
import dev.tiphys.store.disk.Frame;
import dev.tiphys.store.disk.LogRecovery;
import dev.tiphys.store.disk.RevisionLog;
import dev.tiphys.store.disk.Room;
import dev.tiphys.store.disk.RoomyDisk;
import dev.tiphys.store.record.Checkpoint;
import dev.tiphys.store.record.SystemChange;
import java.io.IOException;

/**
 * The state as it was found on a disk: the log opened, the index built from it. What it says of
 * revision and entry is as of the opening; from then on the machine counts.
 */
final class Opened {
  final KeyIndex index = new KeyIndex();
  private final KeyTable table = new KeyTable();
  final SystemState system;
  final CheckpointFile checkpoints;
  final RevisionLog log;
  final Records records;
  final Ranges ranges;
  final History history;

  /** Nothing was on the disk. */
  final boolean isNew;

  long revision = 1;
  Machine.Applied applied = new Machine.Applied(0, -1);
  Machine.Applied durable = applied;
  int durableSegment;
  long durableCompacted;

  /**
   * Opens what is on a disk, or begins anew.
   *
   * @throws dev.tiphys.store.disk.CorruptLogException when durable data is damaged
   */
  Opened(Disk bare, RevisionLog.Limits limits, Guard guard, Room room) throws IOException {
    var disk = new RoomyDisk(bare, room);
    system = new SystemState(guard);
    checkpoints = new CheckpointFile(disk);
    var checkpoint = checkpoints.read();
    isNew = checkpoint.isEmpty();
    if (checkpoint.isPresent()) {
      restore(checkpoint.get());
      var synced =
          new RevisionLog.Mark(checkpoint.get().getSegment(), checkpoint.get().getOffset());
      log = LogRecovery.open(disk, limits, synced, applied.index(), this::replay);
      finishReplay();
    } else {
      log = LogRecovery.create(disk, limits, revision);
    }
    records = new Records(log::read);
    ranges = new Ranges(index, records);
    history = new History(index, records, system);
  }

  private void restore(Checkpoint checkpoint) {
    revision = checkpoint.getRevision();
    applied = new Machine.Applied(checkpoint.getTerm(), checkpoint.getIndex());
    durable = applied;
    durableSegment = checkpoint.getSegment();
    durableCompacted = checkpoint.getCompacted();
    system.restore(checkpoint);
  }

  private void replay(Frame frame, long place, int length, boolean synced) throws IOException {
    switch (frame.kind()) {
      case PUT -> {
        var kv = Records.Heading.parse(frame.payload());
        table
            .of(kv.key())
            .put(kv.modRevision(), place, length, kv.createRevision(), kv.version(), kv.lease());
        revision = Math.max(revision, kv.modRevision());
      }
      case DELETE -> {
        var kv = Records.Heading.parse(frame.payload());
        // What it deleted may be gone already; the deletion itself can still be watched.
        table.of(kv.key()).delete(kv.modRevision(), place, length);
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
      applied = new Machine.Applied(frame.term(), frame.index());
    }
  }

  private void finishReplay() {
    table.into(index);
    index.compact(system.compacted());
    for (var found : index.all()) {
      long lease = found.head().lease();
      if (lease != 0) {
        system.leases().bind(lease, UnsafeByteOperations.unsafeWrap(found.key()));
      }
    }
  }
}
