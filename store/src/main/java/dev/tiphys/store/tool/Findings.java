package dev.tiphys.store.tool;

import dev.tiphys.store.disk.Frame;
import dev.tiphys.store.disk.LogWalk;
import dev.tiphys.store.raft.RaftLogWalk;
import dev.tiphys.store.record.Batch;
import dev.tiphys.store.rpc.KeyValue;
import java.io.IOException;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/** What is found in a data directory, told as it is found. */
final class Findings implements LogWalk.Visitor, RaftLogWalk.Visitor {
  private final PrintWriter out;
  private int files;
  private long records;
  private long newest = 1;
  private long applied = -1;
  private long entries;
  private long lastEntry = -1;
  private boolean torn;
  private boolean fatal;
  private boolean cut;

  Findings(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void file(String name) {
    files++;
  }

  @Override
  public void frame(Frame frame, long offset, boolean covered) throws IOException {
    records++;
    if (frame.kind() != Frame.Kind.SYSTEM) {
      newest = Math.max(newest, KeyValue.parseFrom(frame.payload().duplicate()).getModRevision());
    }
    if (!covered && frame.last() && !torn && !cut) {
      applied = frame.index();
    }
  }

  @Override
  public void damage(LogWalk.Damage damage) {
    // A crash tears the end of a log, nothing before it.
    boolean isDamage = damage.fatal() || damage.followed();
    torn |= !isDamage;
    cut |= damage.followed() && !damage.fatal();
    tell(isDamage, damage.file(), damage.offset(), damage.what());
    fatal |= damage.fatal();
  }

  @Override
  public void entry(long term, long index, @Nullable Batch batch) {
    entries++;
    lastEntry = index;
  }

  @Override
  public void damage(RaftLogWalk.Damage damage) {
    torn |= !damage.wasSynced();
    fatal |= damage.wasSynced();
    tell(damage.wasSynced(), damage.file(), damage.offset(), damage.what());
  }

  /** A file as a whole cannot be used. */
  void damage(String file, String what) {
    fatal = true;
    tell(true, file, 0, what);
  }

  private void tell(boolean isDamage, String file, long offset, String what) {
    out.printf("%s file=%s offset=%d %s%n", isDamage ? "damaged" : "torn", file, offset, what);
  }

  /**
   * The last entry that the revision log has whole, before anything that a start would cut.
   *
   * @param checkpoint the one that the checkpoint covers
   */
  long applied(long checkpoint) {
    return Math.max(applied, checkpoint);
  }

  void summarize() {
    out.printf("files=%d records=%d newest-revision=%d%n", files, records, newest);
    if (entries > 0) {
      out.printf("raft-entries=%d last-entry=%d%n", entries, lastEntry);
    }
  }

  /** 0 when a member starts with it and loses nothing by that. */
  int exitCode() {
    return fatal || cut ? 1 : 0;
  }

  String verdict() {
    if (fatal) {
      return "DAMAGED: a member refuses to start with it. Restore a snapshot, or replace the member"
          + " in a cluster with a healthy majority; if there is neither, --salvage saves the whole"
          + " records.";
    }
    if (cut) {
      return "DAMAGED: a start would cut the log at the damage, with the whole records behind it."
          + " Several members: they come again from the Raft log. A lone one written by an older"
          + " release: save them first, with --salvage.";
    }
    return torn ? "OK: the end is torn, as after a crash. A member cuts it when it starts." : "OK";
  }
}
