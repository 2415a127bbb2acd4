package dev.tiphys.store;

import dev.tiphys.store.mvcc.StoreException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compacts as --auto-compaction-mode and --auto-compaction-retention say, while this member leads.
 */
final class AutoCompactor implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AutoCompactor.class);
  private static final Duration LONGEST_INTERVAL = Duration.ofMinutes(5);
  private static final int SAMPLES_PER_RETENTION = 10;

  private final StoreConfig.Compaction mode;
  private final LongSupplier revision;
  private final BooleanSupplier leading;
  private final LongSupplier ticker;
  private final Compactor compactor;
  private final ArrayDeque<Sample> samples = new ArrayDeque<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private long compacted;

  /** Proposes a compaction. */
  @FunctionalInterface
  interface Compactor {
    void compact(long revision) throws InterruptedException;
  }

  /** The newest revision at some time. */
  private record Sample(long nanos, long revision) {}

  /**
   * Takes what to look at.
   *
   * @param revision gives the newest revision
   * @param ticker nanoseconds of a steady clock
   */
  AutoCompactor(
      StoreConfig.Compaction mode,
      LongSupplier revision,
      BooleanSupplier leading,
      LongSupplier ticker,
      Compactor compactor) {
    this.mode = mode;
    this.revision = revision;
    this.leading = leading;
    this.ticker = ticker;
    this.compactor = compactor;
  }

  /** Works until closed. Run it on a thread of its own. */
  void run() throws InterruptedException {
    if (mode instanceof StoreConfig.Compaction.Off) {
      return;
    }
    while (!closed.await(interval().toNanos(), TimeUnit.NANOSECONDS)) {
      tick();
    }
  }

  /** How often {@link #tick} is due. */
  Duration interval() {
    return switch (mode) {
      case StoreConfig.Compaction.Periodic(var retention) -> {
        var part = retention.dividedBy(SAMPLES_PER_RETENTION);
        yield part.compareTo(LONGEST_INTERVAL) < 0 ? part : LONGEST_INTERVAL;
      }
      case StoreConfig.Compaction.Revisions _, StoreConfig.Compaction.Off _ -> LONGEST_INTERVAL;
    };
  }

  /** Looks once. */
  void tick() throws InterruptedException {
    long now = ticker.getAsLong();
    samples.add(new Sample(now, revision.getAsLong()));
    long target =
        switch (mode) {
          case StoreConfig.Compaction.Periodic(var retention) -> newestOlderThan(now, retention);
          case StoreConfig.Compaction.Revisions(var retention) ->
              samples.removeLast().revision() - retention;
          case StoreConfig.Compaction.Off _ -> 0;
        };
    if (target <= compacted || !leading.getAsBoolean()) {
      return;
    }
    try {
      compactor.compact(target);
      log.info("compacted revision={}", target);
    } catch (StoreException e) {
      // Somebody else compacted further, or there is no leader just now; the next look will tell.
      log.debug("not compacted revision={} reason={}", target, e.getMessage());
    }
    compacted = target;
  }

  private long newestOlderThan(long now, Duration retention) {
    long found = 0;
    while (!samples.isEmpty() && now - samples.getFirst().nanos() >= retention.toNanos()) {
      found = samples.removeFirst().revision();
    }
    return found;
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
