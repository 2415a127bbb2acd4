package dev.tiphys.store.raft;

import dev.tiphys.store.mvcc.Machine;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Ends this member once its cluster removed it. {@link #tick} is for one thread, the rest for any.
 */
final class Departure {
  private final long self;
  private final Machine machine;
  private final Duration patience;
  private final Consumer<String> fatal;
  private long noticedAt;

  /**
   * Takes the number of this member, where it reads that it was removed, how long it then waits at
   * most, and who is told that the process must end.
   */
  Departure(long self, Machine machine, Duration patience, Consumer<String> fatal) {
    this.self = self;
    this.machine = machine;
    this.patience = patience;
    this.fatal = fatal;
  }

  /** True once this member was removed, as far as it knows. */
  boolean isDue() {
    return machine.isRemoved(self);
  }

  /**
   * Ends this member when it was removed and the others do without it; or after a while, for they
   * may not say so. One that was away when it was removed hears of it only from those that it asks
   * to vote.
   *
   * @param nanos of a steady clock
   */
  void tick(Quorum quorum, long nanos) {
    if (!isDue() && !quorum.isShutOut()) {
      return;
    }
    if (noticedAt == 0) {
      noticedAt = nanos;
    }
    if (quorum.isShutOut() || !quorum.counts(self) || nanos - noticedAt > patience.toNanos()) {
      fatal.accept(
          "this member was removed from its cluster; its data directory is of no use any more");
    }
  }
}
