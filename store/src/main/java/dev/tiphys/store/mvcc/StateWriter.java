package dev.tiphys.store.mvcc;

import com.google.protobuf.ByteString;
import dev.tiphys.store.disk.CheckpointFile;
import dev.tiphys.store.disk.Disk;
import dev.tiphys.store.disk.Frame;
import dev.tiphys.store.disk.LogRecovery;
import dev.tiphys.store.disk.RevisionLog;
import dev.tiphys.store.record.Checkpoint;
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
  private long revision;

  /** Begins on an empty disk. */
  public StateWriter(Disk disk, RevisionLog.Limits limits) throws IOException {
    checkpoints = new CheckpointFile(disk);
    log = LogRecovery.create(disk, limits, 1);
  }

  /** A key was written. */
  public void put(KeyValue record) throws IOException {
    enter(record.getModRevision());
    log.append(Frame.Kind.PUT, record.toByteArray());
  }

  /** A key was deleted. */
  public void delete(ByteString key, long at) throws IOException {
    enter(at);
    log.append(Frame.Kind.DELETE, Records.deletion(key, at).toByteArray());
  }

  /** Ends the log, durable; {@code state} is what is not in it. */
  public void finish(Checkpoint.Builder state) throws IOException {
    log.end();
    var mark = log.mark();
    log.sync();
    checkpoints.write(
        state.setSegment(mark.segment()).setOffset(mark.offset()).setTerm(0).setIndex(-1).build());
  }

  @Override
  public void close() throws IOException {
    log.close();
  }

  private void enter(long at) throws IOException {
    if (at != revision) {
      log.end();
      log.begin(0, 0, Math.max(1, revision));
      revision = at;
    }
  }
}
