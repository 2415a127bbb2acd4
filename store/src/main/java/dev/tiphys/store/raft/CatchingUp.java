package dev.tiphys.store.raft;

import dev.tiphys.store.mvcc.Machine;
import dev.tiphys.store.mvcc.Position;
import dev.tiphys.store.peer.Pause;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Waits until this member has applied what another one has. Thread-safe.
 *
 * @param ticker nanoseconds of a steady clock
 * @param pause between two looks
 */
public record CatchingUp(Machine machine, LongSupplier ticker, Pause pause) {
  private static final Duration LOOK = Duration.ofMillis(20);

  /**
   * Blocks until an entry is applied here, the patience is over or nobody waits any more.
   *
   * @param index the entry's place in the Raft log
   * @return where this member stands then
   */
  public Position await(long index, Duration patience, BooleanSupplier unwanted)
      throws InterruptedException {
    long begun = ticker.getAsLong();
    var here = machine.position();
    while (here.applied().index() < index
        && ticker.getAsLong() - begun < patience.toNanos()
        && !unwanted.getAsBoolean()) {
      pause.sleep(LOOK);
      here = machine.position();
    }
    return here;
  }
}
