package dev.tiphys.store.disk;

import dev.tiphys.store.record.Checkpoint;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a state that came as a snapshot in the place of the one in force. It is unpacked beside that
 * one, read back and checked, and moved; the old one goes when the new one was opened. A crash at
 * any point leaves the one or the other. Not for several threads.
 */
public final class StateSwap {
  private static final Logger log = LoggerFactory.getLogger(StateSwap.class);
  private static final String CURRENT = "log";
  private static final String INCOMING = "log.incoming";
  private static final String REPLACED = "log.replaced";
  private static final String FETCHED = "incoming.snapshot";

  private final Folder data;

  /** Takes the data directory. */
  public StateSwap(Folder data) {
    this.data = data;
  }

  /** The directory of the state in force, after what a crash left half done is finished. */
  public Disk settled() throws IOException {
    var names = data.list();
    if (!names.contains(CURRENT)) {
      if (names.contains(INCOMING) && data.within(INCOMING).list().contains(CheckpointFile.NAME)) {
        data.rename(INCOMING, CURRENT);
      } else if (names.contains(REPLACED)) {
        data.rename(REPLACED, CURRENT);
      }
    }
    data.deleteAll(INCOMING);
    data.deleteAll(FETCHED);
    var current = data.within(CURRENT);
    data.syncDirectory();
    if (data.list().contains(REPLACED)) {
      log.warn(
          "{} holds the state before the one that was fetched last, and goes when that is opened",
          REPLACED);
    }
    return current;
  }

  /**
   * Unpacks the state that is to come, and checks it.
   *
   * @return what it says of itself
   * @throws IOException when something of it is damaged; the state in force is untouched
   */
  public Checkpoint unpack(SnapshotFile snapshot) throws IOException {
    data.deleteAll(INCOMING);
    var incoming = data.within(INCOMING);
    var checkpoint = snapshot.install(incoming);
    new LogWalk(incoming, RevisionLog.Limits.DEFAULT.maxFrameBytes()).mustBeWhole();
    data.syncDirectory();
    return checkpoint;
  }

  /** Moves the unpacked state to where the one in force was, which nobody may use any more. */
  public Disk swap() throws IOException {
    data.deleteAll(REPLACED);
    data.rename(CURRENT, REPLACED);
    data.syncDirectory();
    data.rename(INCOMING, CURRENT);
    data.syncDirectory();
    return data.within(CURRENT);
  }

  /** The state in force was opened: the one before it can go. */
  public void confirm() throws IOException {
    data.deleteAll(REPLACED);
  }
}
