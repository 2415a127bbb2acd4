package dev.tiphys.apiserver.fairness;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The seats of all priority levels. What a level does not lend is kept for it; the rest is for
 * whoever comes first, up to what its level may have. Of the levels in which requests wait, the one
 * that uses the least of its nominal seats is next, and within it the flow that was served least.
 * Upstream moves borrowed seats between levels every ten seconds; here each seat that becomes free
 * is given anew, which comes to the same sooner. Thread-safe.
 */
final class FairSeats {

  /** Why a request got no seat, as metrics name it. */
  enum Refusal {
    /** Its queue is full. */
    QUEUE_FULL("queue-full"),
    /** Its level has no queues, and no seat. */
    CONCURRENCY_LIMIT("concurrency-limit"),
    /** It waited long enough. */
    TIME_OUT("time-out");

    private final String text;

    Refusal(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }
  }

  /** There is no seat. */
  static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;
    private final Refusal why;

    RefusedException(Refusal why) {
      super(why.text(), null, false, false);
      this.why = why;
    }

    Refusal why() {
      return why;
    }
  }

  private static final class Level {
    private SeatShares shares;
    private @Nullable FairQueues<Waiter> queues;
    private int executing;

    private Level(SeatShares shares) {
      this.shares = shares;
    }

    private double use() {
      return executing / (double) Math.max(1, shares.nominal());
    }

    private int waiting() {
      return queues == null ? 0 : queues.waiting();
    }
  }

  /** A seat taken. */
  static final class Seat {
    private final Level level;
    private final @Nullable FairQueues<Waiter> queues;
    private final FairQueues<Waiter>.@Nullable Queue queue;
    private final long begun;

    private Seat(
        Level level,
        @Nullable FairQueues<Waiter> queues,
        FairQueues<Waiter>.@Nullable Queue queue,
        long begun) {
      this.level = level;
      this.queues = queues;
      this.queue = queue;
      this.begun = begun;
    }
  }

  private static final class Waiter {
    private final long hash;
    private final long since;
    private final CountDownLatch decided = new CountDownLatch(1);
    // Under the lock.
    private FairQueues<Waiter>.@Nullable Queue queue;
    private @Nullable Seat seat;
    private @Nullable Refusal refusal;

    private Waiter(long hash, long since) {
      this.hash = hash;
      this.since = since;
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Level> levels = new HashMap<>();
  private final LongSupplier nanos;
  private int total;
  // What running requests and the seats kept for their levels come to.
  private int committed;

  /**
   * Makes no seats yet.
   *
   * @param nanos time that passes
   */
  FairSeats(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Divides the seats in another way. Who waits keeps waiting, in queues of the new shape. */
  void configure(List<SeatShares> divided) {
    lock.lock();
    try {
      Set<String> named = new HashSet<>();
      for (SeatShares shares : divided) {
        named.add(shares.name());
        Level level = levels.computeIfAbsent(shares.name(), _ -> new Level(shares));
        level.shares = shares;
        reshape(level);
      }
      // A level that is gone lives on without seats of its own until its last request has ended.
      levels.values().removeIf(level -> !named.contains(level.shares.name()) && isIdle(level));
      for (Level level : levels.values()) {
        if (!named.contains(level.shares.name())) {
          SeatShares old = level.shares;
          level.shares = new SeatShares(old.name(), old.exempt(), 0, 0, old.most(), old.queues());
        }
      }
      total = divided.stream().mapToInt(SeatShares::nominal).sum();
      committed = levels.values().stream().mapToInt(FairSeats::commitment).sum();
      fill();
    } finally {
      lock.unlock();
    }
  }

  private static boolean isIdle(Level level) {
    return level.executing == 0 && level.waiting() == 0;
  }

  private static int commitment(Level level) {
    return Math.max(level.executing, level.shares.least());
  }

  private void reshape(Level level) {
    SeatShares.Queues shape = level.shares.queues();
    FairQueues<Waiter> old = level.queues;
    if (old != null && old.shape().equals(shape)) {
      return;
    }
    FairQueues<Waiter> fresh = shape == null ? null : new FairQueues<>(shape);
    level.queues = fresh;
    if (old == null) {
      return;
    }
    for (Waiter waiter : old.drain(waiter -> waiter.since)) {
      FairQueues<Waiter>.Queue queue = fresh == null ? null : fresh.queueOf(waiter.hash);
      waiter.queue = queue;
      if (fresh == null || queue == null || !fresh.offer(queue, waiter)) {
        waiter.refusal = fresh == null ? Refusal.CONCURRENCY_LIMIT : Refusal.QUEUE_FULL;
        waiter.decided.countDown();
      }
    }
  }

  /**
   * Takes a seat; blocks while there is none, if the level has queues.
   *
   * @param name of the level
   * @param hash of the flow
   * @return null if requests of that level need none
   * @throws RefusedException if there is none and the request may not wait, or not any longer
   */
  @Nullable Seat acquire(String name, long hash, Duration patience)
      throws RefusedException, InterruptedException {
    Level level;
    Waiter waiter;
    lock.lock();
    try {
      level = levels.get(name);
      if (level == null || level.shares.exempt()) {
        return null;
      }
      FairQueues<Waiter> queues = level.queues;
      FairQueues<Waiter>.Queue queue = queues == null ? null : queues.queueOf(hash);
      if (level.waiting() == 0 && mayRun(level)) {
        return seat(level, queues, queue);
      }
      if (queues == null || queue == null) {
        throw new RefusedException(Refusal.CONCURRENCY_LIMIT);
      }
      waiter = new Waiter(hash, nanos.getAsLong());
      waiter.queue = queue;
      if (!queues.offer(queue, waiter)) {
        throw new RefusedException(Refusal.QUEUE_FULL);
      }
    } finally {
      lock.unlock();
    }
    return await(level, waiter, patience);
  }

  private Seat await(Level level, Waiter waiter, Duration patience)
      throws RefusedException, InterruptedException {
    try {
      boolean _ = waiter.decided.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Seat late = giveUp(level, waiter);
      if (late != null) {
        release(late);
      }
      throw e;
    }
    Seat seat = giveUp(level, waiter);
    if (seat != null) {
      return seat;
    }
    Refusal refusal = waiter.refusal;
    throw new RefusedException(refusal == null ? Refusal.TIME_OUT : refusal);
  }

  /** The seat that came just in time, or null; whoever waits does so no longer. */
  private @Nullable Seat giveUp(Level level, Waiter waiter) {
    lock.lock();
    try {
      if (waiter.seat == null
          && waiter.refusal == null
          && level.queues != null
          && waiter.queue != null) {
        level.queues.remove(waiter.queue, waiter);
      }
      return waiter.seat;
    } finally {
      lock.unlock();
    }
  }

  private boolean mayRun(Level level) {
    return level.executing < level.shares.least()
        || (level.executing < level.shares.most() && committed < total)
        // Of a level that is gone, or has no shares at all, one at a time.
        || (level.executing == 0 && level.shares.nominal() == 0);
  }

  private Seat seat(
      Level level, @Nullable FairQueues<Waiter> queues, FairQueues<Waiter>.@Nullable Queue queue) {
    if (queues != null && queue != null) {
      queues.begun(queue);
    }
    return taken(level, queues, queue);
  }

  private Seat taken(
      Level level, @Nullable FairQueues<Waiter> queues, FairQueues<Waiter>.@Nullable Queue queue) {
    committed -= commitment(level);
    level.executing++;
    committed += commitment(level);
    return new Seat(level, queues, queue, nanos.getAsLong());
  }

  /** Gives a seat back, and on to who is next. */
  void release(Seat seat) {
    lock.lock();
    try {
      free(seat);
    } finally {
      lock.unlock();
    }
  }

  private void free(Seat seat) {
    committed -= commitment(seat.level);
    seat.level.executing--;
    committed += commitment(seat.level);
    if (seat.queues != null && seat.queue != null) {
      seat.queues.ended(seat.queue, nanos.getAsLong() - seat.begun);
    }
    fill();
  }

  private void fill() {
    while (true) {
      Level least = null;
      for (Level level : levels.values()) {
        if (level.waiting() > 0 && mayRun(level) && (least == null || level.use() < least.use())) {
          least = level;
        }
      }
      Waiter next = least == null || least.queues == null ? null : least.queues.next();
      if (least == null || next == null) {
        return;
      }
      next.seat = taken(least, least.queues, next.queue);
      next.decided.countDown();
    }
  }

  /** How many requests of a level run, and how many wait. */
  int[] load(String name) {
    lock.lock();
    try {
      Level level = levels.get(name);
      return level == null ? new int[] {0, 0} : new int[] {level.executing, level.waiting()};
    } finally {
      lock.unlock();
    }
  }
}
