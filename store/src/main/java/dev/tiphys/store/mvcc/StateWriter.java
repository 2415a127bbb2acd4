package dev.tiphys.store.mvcc;

import com.google.protobuf.ByteString;
import dev.tiphys.store.disk.CheckpointFile;
import dev.tiphys.store.disk.Disk;
import dev.tiphys.store.disk.Frame;
import dev.tiphys.store.disk.LogRecovery;
import dev.tiphys.store.disk.RevisionLog;
import dev.tiphys.store.record.AuthCommand;
import dev.tiphys.store.record.AuthRecord;
import dev.tiphys.store.record.Checkpoint;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.record.SystemChange;
import dev.tiphys.store.rpc.KeyValue;
import java.io.Closeable;
import java.io.IOException;

/**
 * Makes the log of a state that comes from elsewhere, record by record in the order in which they
 * happened. It belongs to no cluster yet: the first member that opens it begins one. Not
 * thread-safe.
 */
public final class StateWriter implements Closeable {
  private final CheckpointFile checkpoints;
  private final RevisionLog log;
  private final SystemState system = new SystemState(new Keeper());
  private long revision;

  /** Begins on an empty disk. */
  public StateWriter(Disk disk, RevisionLog.Limits limits) throws IOException {
    checkpoints = new CheckpointFile(disk);
    log = LogRecovery.create(disk, limits, 1);
  }

  /**
   * A key was written.
   *
   * @param number the how manieth record of its revision it is, from 0
   */
  public void put(KeyValue record, int number) throws IOException {
    enter(record.getModRevision());
    log.append(Frame.Kind.PUT, number, record);
  }

  /** A key was deleted; as {@link #put}. */
  public void delete(ByteString key, long at, int number) throws IOException {
    enter(at);
    log.append(Frame.Kind.DELETE, number, Records.deletion(key, at));
  }

  /** Takes the leases, users and the rest that a checkpoint has. */
  public void state(Checkpoint checkpoint) {
    system.restore(checkpoint);
  }

  /** Something besides keys changed, after the state that was taken. */
  public void change(SystemChange change) {
    system.apply(change);
  }

  /** Ends the log, durable. {@code newest} is the newest revision, if no record has it. */
  public void finish(long newest) throws IOException {
    log.end();
    var mark = log.mark();
    log.sync();
    var checkpoint =
        Checkpoint.newBuilder()
            .setSegment(mark.segment())
            .setOffset(mark.offset())
            .setTerm(0)
            .setIndex(-1)
            .setRevision(Math.max(Math.max(1, newest), revision));
    system.describe(checkpoint);
    // Whoever was a member where the state comes from is none here.
    checkpoints.write(checkpoint.clearMembers().clearRemovedMembers().build());
  }

  @Override
  public void close() throws IOException {
    log.close();
  }

  private void enter(long at) throws IOException {
    if (at != revision) {
      log.end();
      log.begin(0, 0, Math.max(1, revision), false);
      revision = at;
    }
  }

  /** Keeps users and roles as they come; nobody is judged by them here. */
  private static final class Keeper implements Guard {
    private AuthRecord kept = AuthRecord.getDefaultInstance();

    @Override
    public void check(Command command, Leases leases) {}

    @Override
    public Decision decide(AuthCommand command) {
      throw StoreError.AUTH_NOT_ENABLED.exception();
    }

    @Override
    public void restore(AuthRecord record) {
      kept = record;
    }

    @Override
    public AuthRecord describe() {
      return kept;
    }
  }
}
