package dev.tiphys.store.mvcc;

import dev.tiphys.store.disk.Frame;
import dev.tiphys.store.disk.LogSnapshot;
import dev.tiphys.store.disk.RevisionLog;
import dev.tiphys.store.record.Checkpoint;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The state as of one revision, which stands still while it is looked at, whatever is written or
 * compacted meanwhile. It may be read more than once, and is the same each time. For one thread.
 */
public final class StateView {
  /** Records after which others may work. */
  private static final int STRETCH = 64;

  private final KeyIndex index;
  private final RevisionLog log;
  private final Checkpoint checkpoint;
  private final RevisionLog.Mark end;

  StateView(KeyIndex index, RevisionLog log, Checkpoint checkpoint) {
    this.index = index;
    this.log = log;
    this.checkpoint = checkpoint;
    this.end = new RevisionLog.Mark(checkpoint.getSegment(), checkpoint.getOffset());
  }

  /** Looks at a state. */
  @FunctionalInterface
  public interface Viewer {
    /** The state is good during the call only. */
    void view(StateView state) throws IOException, InterruptedException;
  }

  /** Takes records as etcd files them. */
  @FunctionalInterface
  public interface Taker {
    /**
     * A key was written or deleted.
     *
     * @param number the how manieth record of its revision it is, from 0
     * @param value {@code mvccpb.KeyValue}, of a deletion with the key only; valid during the call
     */
    void record(long revision, int number, boolean deletion, ByteBuffer value)
        throws IOException, InterruptedException;
  }

  /** The state besides keys, and the revision. */
  public Checkpoint checkpoint() {
    return checkpoint;
  }

  /**
   * Shows every record that can still be asked for, in the order in which they happened.
   *
   * @throws dev.tiphys.store.disk.CorruptLogException when one is not as it was written
   */
  public void records(Taker taker) throws IOException, InterruptedException {
    var filing = new Filing();
    int seen = 0;
    for (var frames = log.frames(end); frames.next(); ) {
      if (++seen % STRETCH == 0) {
        Thread.yield(); // a virtual thread is not made to
      }
      var frame = frames.frame();
      if (frame.kind() == Frame.Kind.SYSTEM) {
        continue; // the checkpoint has what came of it
      }
      var heading = Records.Heading.parse(frame.payload().duplicate());
      long at = heading.modRevision();
      if (at > checkpoint.getCompacted() || isKept(frame, heading, frames.place())) {
        boolean deletion = frame.kind() == Frame.Kind.DELETE;
        taker.record(at, filing.number(frame, at), deletion, Filing.value(frame, heading));
      }
    }
  }

  /** Gives the whole state as a member takes it over: the files, byte for byte. */
  public void files(LogSnapshot.Taker taker) throws IOException, InterruptedException {
    log.snapshot(checkpoint, end).read(taker);
  }

  /**
   * What is left of what was compacted: the state of each key then, and a deletion of the very
   * revision, which can still be watched from there.
   */
  private boolean isKept(Frame frame, Records.Heading heading, long place) {
    var history = index.get(heading.key());
    if (history == null) {
      return false;
    }
    var state = history.at(checkpoint.getCompacted());
    if (frame.kind() == Frame.Kind.DELETE) {
      return state == null
          && heading.modRevision() == checkpoint.getCompacted()
          && history.holds(heading.modRevision(), place);
    }
    return state != null && state.place() == place;
  }
}
