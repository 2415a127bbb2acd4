package dev.tiphys.store.raft;

import dev.tiphys.store.disk.Folder;
import dev.tiphys.store.mvcc.Machine;
import dev.tiphys.store.record.Batch;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Applies what the Raft log of a member has beyond its state, without asking the others, who are
 * lost. Whether they had acknowledged the last entries cannot be known; what was acknowledged is
 * among them, if this member had it at all.
 */
public final class RaftReplay {
  private final Machine machine;
  private final RaftLogWalk walk;
  private final long durable;
  private long next;
  private long applied;
  private @Nullable String obstacle;

  /**
   * Takes the state and the log.
   *
   * @param data the data directory with the log
   * @param last the last entry that the state has
   * @param durable up to which entry it is durable, and the log may be missing
   */
  public RaftReplay(Machine machine, Folder data, long last, long durable) {
    this.machine = machine;
    this.walk = new RaftLogWalk(data);
    this.durable = durable;
    this.next = last + 1;
  }

  /**
   * Applies all entries up to the end of the log, or up to what is damaged or missing there.
   *
   * @return how many
   */
  public long run() throws IOException {
    walk.walk(
        next - 1,
        durable,
        new RaftLogWalk.Visitor() {
          @Override
          public void file(String name) {}

          @Override
          public void entry(long term, long index, @Nullable Batch batch) throws IOException {
            apply(term, index, batch);
          }

          @Override
          public void damage(RaftLogWalk.Damage damage) {
            if (damage.wasSynced()) {
              stop(damage.file() + " at offset " + damage.offset() + ": " + damage.what());
            }
          }
        });
    return applied;
  }

  /** What keeps later entries from being applied that were once synced here; null: nothing. */
  public @Nullable String obstacle() {
    return obstacle;
  }

  private void apply(long term, long index, @Nullable Batch batch) throws IOException {
    if (index < next || obstacle != null) {
      return;
    }
    if (index > next) {
      stop("the Raft log begins with entry " + index + ", and the state ends before " + next);
      return;
    }
    if (batch == null) {
      machine.skip(term, index);
    } else {
      machine.apply(term, index, batch);
    }
    next++;
    applied++;
  }

  private void stop(String reason) {
    if (obstacle == null) {
      obstacle = reason;
    }
  }
}
