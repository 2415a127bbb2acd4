package dev.tiphys.apiserver;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the old part of the heap from growing to its bound with objects that are long dead: the
 * serial collector looks there only when nothing is free any more, and gives memory back only then.
 * Collects when what has gathered since the last collection is much, or something has gathered and
 * nobody works; and once more when nobody has worked for a while, for only then is what is softly
 * held old enough to be let go. With another collector there is no such pool, and nothing is done.
 */
final class HeapKeeper implements AutoCloseable {

  /** Between two looks. Growth of a few seconds does no harm. */
  static final Duration INTERVAL = Duration.ofSeconds(5);

  /** What may gather in any case: collections must not follow each other without a pause. */
  static final long MUCH_BYTES = 64L << 20;

  /** What is worth a collection when nothing else happens. */
  static final long SOME_BYTES = 12L << 20;

  /**
   * Looks at which nobody worked, before what is softly held goes: more than the few seconds for
   * which the JVM keeps what nobody asks for.
   */
  static final int CALM_LOOKS = 2;

  private static final String SERIAL_OLD = "Tenured Gen";

  /**
   * The old part of the heap at a moment.
   *
   * @param used bytes, dead objects included
   * @param live bytes that the last collection left
   * @param youngCollections so far: whether somebody works
   */
  record Look(long used, long live, long youngCollections) {

    private long gathered() {
      return used - live;
    }

    private boolean idleSince(@Nullable Look before) {
      return before != null && youngCollections - before.youngCollections <= 1;
    }

    private boolean muchGathered() {
      return gathered() > Math.max(MUCH_BYTES, live * 3 / 4);
    }
  }

  /** What was seen so far, and when to collect in view of it. Of one thread. */
  static final class Judgement {
    private @Nullable Look before;
    private boolean worked;
    private int calm;

    /** Whether to collect now. */
    boolean collects(Look now) {
      boolean idle = now.idleSince(before);
      worked |= before != null && !idle;
      calm = idle ? calm + 1 : 0;
      before = now;
      if (worked && calm >= CALM_LOOKS) {
        worked = false;
        return true;
      }
      return now.muchGathered() || (idle && now.gathered() > SOME_BYTES);
    }
  }

  private final CountDownLatch closed = new CountDownLatch(1);

  /** Begins to look. */
  HeapKeeper(Executor executor) {
    executor.execute(this::run);
  }

  private void run() {
    Judgement judgement = new Judgement();
    try {
      while (!closed.await(INTERVAL.toSeconds(), TimeUnit.SECONDS)) {
        Look now = look();
        if (now == null) {
          return;
        }
        if (judgement.collects(now)) {
          System.gc();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static @Nullable Look look() {
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      if (pool.getType() == MemoryType.HEAP && pool.getName().equals(SERIAL_OLD)) {
        MemoryUsage left = pool.getCollectionUsage();
        return new Look(pool.getUsage().getUsed(), left == null ? 0 : left.getUsed(), young());
      }
    }
    return null;
  }

  private static long young() {
    List<GarbageCollectorMXBean> collectors = ManagementFactory.getGarbageCollectorMXBeans();
    return collectors.isEmpty() ? 0 : collectors.getFirst().getCollectionCount();
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
