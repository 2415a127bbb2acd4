package dev.tiphys.store.tool;

import dev.tiphys.store.auth.Authority;
import dev.tiphys.store.disk.CheckpointFile;
import dev.tiphys.store.disk.DirectoryDisk;
import dev.tiphys.store.disk.Disk;
import dev.tiphys.store.disk.Folder;
import dev.tiphys.store.disk.Frame;
import dev.tiphys.store.disk.LogWalk;
import dev.tiphys.store.disk.RevisionLog;
import dev.tiphys.store.disk.Room;
import dev.tiphys.store.mvcc.Machine;
import dev.tiphys.store.mvcc.StateWriter;
import dev.tiphys.store.raft.RaftLogWalk;
import dev.tiphys.store.raft.RaftReplay;
import dev.tiphys.store.record.Batch;
import dev.tiphys.store.record.Checkpoint;
import dev.tiphys.store.record.SystemChange;
import dev.tiphys.store.rpc.KeyValue;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Makes the data directory of a new cluster of what is whole in another one. Where the Raft log
 * goes on behind the last entry of the revision log that is whole, its entries take the place of
 * what follows there.
 */
final class Salvage {
  private final Folder from;
  private final Checkpoint checkpoint;
  private final long applied;
  private final boolean replays;

  /**
   * Takes the damaged directory.
   *
   * @param applied the last entry of the revision log that is whole
   */
  Salvage(Folder from, Checkpoint checkpoint, long applied) throws IOException {
    this.from = from;
    this.checkpoint = checkpoint;
    this.applied = applied;
    var next = new Next();
    new RaftLogWalk(from).walk(applied, checkpoint.getIndex(), next);
    this.replays = next.found;
  }

  /** Saves into an empty directory; returns what was done, in words. */
  String into(Path directory) throws IOException {
    try (var _ = Snapshots.ownNewDirectory(directory)) {
      var data = new DirectoryDisk(directory);
      var log = data.within("log");
      data.syncDirectory();
      records(log);
      return "saved every whole record into " + directory + (replays ? replay(log) : "");
    }
  }

  private void records(Disk log) throws IOException {
    try (var writer = new StateWriter(log, RevisionLog.Limits.DEFAULT)) {
      writer.state(checkpoint);
      var records = new Records(writer);
      VerifyCommand.walk(from).walk(records);
      writer.finish(Math.max(records.newest, checkpoint.getRevision()));
    }
  }

  private String replay(Disk log) throws IOException {
    String words;
    var guard = new Authority(Authority.TokenHolder.NONE);
    try (var machine = new Machine(log, RevisionLog.Limits.DEFAULT, guard, Room.NONE)) {
      var replay = new RaftReplay(machine, from, applied, checkpoint.getIndex());
      words = " and, of the Raft log, entries=" + replay.run();
      if (replay.obstacle() != null) {
        words += "; not what comes after: " + replay.obstacle();
      }
      machine.checkpoint();
    }
    var checkpoints = new CheckpointFile(log);
    checkpoints.write(CheckpointFile.ofNoCluster(checkpoints.read().orElseThrow()));
    return words;
  }

  /** Takes records over. */
  private final class Records implements LogWalk.Visitor {
    private final StateWriter writer;
    private long newest;

    Records(StateWriter writer) {
      this.writer = writer;
    }

    @Override
    public void frame(Frame frame, long offset, boolean covered) throws IOException {
      if (replays && !covered && frame.index() > applied) {
        return; // comes from the Raft log
      }
      if (frame.kind() == Frame.Kind.SYSTEM) {
        if (!covered) {
          writer.change(SystemChange.parseFrom(frame.payload().duplicate()));
        }
        return;
      }
      var record = KeyValue.parseFrom(frame.payload().duplicate());
      newest = Math.max(newest, record.getModRevision());
      if (frame.kind() == Frame.Kind.PUT) {
        writer.put(record, frame.number());
      } else {
        writer.delete(record.getKey(), record.getModRevision(), frame.number());
      }
    }

    @Override
    public void file(String name) {}

    @Override
    public void damage(LogWalk.Damage damage) {}
  }

  /** Looks for the entry that comes next. */
  private final class Next implements RaftLogWalk.Visitor {
    private boolean found;

    @Override
    public void entry(long term, long index, @Nullable Batch batch) {
      found |= index == applied + 1;
    }

    @Override
    public void file(String name) {}

    @Override
    public void damage(RaftLogWalk.Damage damage) {}
  }
}
