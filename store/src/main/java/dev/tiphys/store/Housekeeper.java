package dev.tiphys.store;

import dev.tiphys.daemon.Termination;
import dev.tiphys.store.disk.DiskFullException;
import dev.tiphys.store.mvcc.Machine;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Works in the background: makes checkpoints, and drops what compaction made unreachable. */
final class Housekeeper implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Housekeeper.class);

  private final Machine machine;
  private final long checkpointEntries;
  private final LongSupplier ticker;
  private final Termination termination;
  private final CountDownLatch closed = new CountDownLatch(1);
  private long dropped;
  private long checkpointAt;
  private long notBefore;

  /**
   * Takes what to look after.
   *
   * @param checkpointEntries after how many entries a checkpoint is made at once
   * @param ticker nanoseconds of a steady clock
   */
  Housekeeper(
      Machine machine, long checkpointEntries, LongSupplier ticker, Termination termination) {
    this.machine = machine;
    this.checkpointEntries = checkpointEntries;
    this.ticker = ticker;
    this.termination = termination;
    this.checkpointAt = ticker.getAsLong();
    this.notBefore = checkpointAt;
  }

  /** Works until closed. Run it on a thread of its own. */
  void run() throws InterruptedException {
    while (!closed.await(Limits.HOUSEKEEPING.toNanos(), TimeUnit.NANOSECONDS)) {
      try {
        work();
      } catch (DiskFullException e) {
        log.warn("checkpoint and cleaning put off reason=\"{}\"", e.getMessage());
        notBefore = ticker.getAsLong() + Limits.CLEANING_PAUSE.toNanos();
      } catch (IOException e) {
        termination.fail("the data directory cannot be written: " + e.getMessage());
        return;
      }
    }
  }

  private void work() throws IOException {
    machine.mustBeSound();
    if (ticker.getAsLong() - notBefore < 0) {
      return;
    }
    checkpoint();
    long compacted = machine.compacted();
    if (compacted != dropped && machine.tryDropCompacted()) {
      dropped = compacted;
    }
  }

  private void checkpoint() throws IOException {
    long behind = machine.applied().index() - machine.durable().index();
    long age = ticker.getAsLong() - checkpointAt;
    if (behind > checkpointEntries || (behind > 0 && age > Limits.CHECKPOINT.toNanos())) {
      machine.checkpoint();
      checkpointAt = ticker.getAsLong();
    } else if (behind == 0) {
      checkpointAt = ticker.getAsLong();
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
