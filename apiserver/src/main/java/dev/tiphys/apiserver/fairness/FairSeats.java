package dev.tiphys.apiserver.fairness;

import java.time.Duration;
import java.util.ArrayList;
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
 * The seats of all priority levels. Every ten seconds each level is given as many as follow from
 * what it wanted since, within what it must keep and what it may borrow; in between, it has these.
 * Within a level the flow that was served least is next. Thread-safe.
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
    private final SeatDemand demand;
    private SeatShares shares;
    private @Nullable FairQueues<Waiter> queues;
    // What it has until seats are divided again.
    private int limit;
    private int executing;
    private int taken;

    private Level(SeatShares shares, long now) {
      this.shares = shares;
      this.demand = new SeatDemand(now);
    }

    private int waiting() {
      return queues == null ? 0 : queues.waiting();
    }

    /** A request that is wider than the whole level runs when nothing else does. */
    private boolean fits(int width) {
      return width > limit ? taken == 0 : taken + width <= limit;
    }
  }

  /** Seats taken by a request. */
  static final class Seat {
    private final Level level;
    private final @Nullable FairQueues<Waiter> queues;
    private final FairQueues<Waiter>.@Nullable Queue queue;
    private final int width;
    private final long begun;

    private Seat(
        Level level,
        @Nullable FairQueues<Waiter> queues,
        FairQueues<Waiter>.@Nullable Queue queue,
        int width,
        long begun) {
      this.level = level;
      this.queues = queues;
      this.queue = queue;
      this.width = width;
      this.begun = begun;
    }
  }

  private static final class Waiter {
    private final long hash;
    private final int width;
    private final long since;
    private final CountDownLatch decided = new CountDownLatch(1);
    // Under the lock.
    private FairQueues<Waiter>.@Nullable Queue queue;
    private @Nullable Seat seat;
    private @Nullable Refusal refusal;

    private Waiter(long hash, int width, long since) {
      this.hash = hash;
      this.width = width;
      this.since = since;
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Level> levels = new HashMap<>();
  private final LongSupplier nanos;
  private int total;
  private long divided;

  /**
   * Makes no seats yet.
   *
   * @param nanos time that passes
   */
  FairSeats(LongSupplier nanos) {
    this.nanos = nanos;
    this.divided = nanos.getAsLong();
  }

  /** Divides the seats in another way. Who waits keeps waiting, in queues of the new shape. */
  void configure(List<SeatShares> shared) {
    lock.lock();
    try {
      Set<String> named = new HashSet<>();
      for (SeatShares shares : shared) {
        named.add(shares.name());
        Level level =
            levels.computeIfAbsent(shares.name(), _ -> new Level(shares, nanos.getAsLong()));
        level.shares = shares;
        reshape(level);
      }
      // A level that is gone lives on without seats of its own until its last request has ended.
      levels.values().removeIf(level -> !named.contains(level.shares.name()) && isIdle(level));
      for (Level level : levels.values()) {
        if (!named.contains(level.shares.name())) {
          SeatShares old = level.shares;
          level.shares = new SeatShares(old.name(), old.exempt(), 0, 0, 0, old.queues());
        }
      }
      total = shared.stream().mapToInt(SeatShares::nominal).sum();
      divide();
    } finally {
      lock.unlock();
    }
  }

  private static boolean isIdle(Level level) {
    return level.executing == 0 && level.waiting() == 0;
  }

  /** Divides the seats anew, if it is time, by what levels wanted since the last time. */
  private void divideIfDue() {
    if (nanos.getAsLong() - divided >= Limits.DIVISION.toNanos()) {
      divide();
    }
  }

  private void divide() {
    divided = nanos.getAsLong();
    List<Level> all = List.copyOf(levels.values());
    List<SeatDivision.Part> parts = new ArrayList<>();
    for (Level level : all) {
      int highest = level.demand.close(divided);
      SeatShares shares = level.shares;
      // What a level has not lent while it wanted it is not lent now.
      double least = Math.max(shares.least(), Math.min(shares.nominal(), highest));
      double most = Math.max(least, Math.min(shares.most(), (double) shares.nominal() + total));
      parts.add(new SeatDivision.Part(least, most, Math.max(least, level.demand.smoothed())));
    }
    double[] given = SeatDivision.divide(total, parts);
    for (int i = 0; i < all.size(); i++) {
      Level level = all.get(i);
      level.limit = given == null ? level.shares.nominal() : (int) Math.round(given[i]);
    }
    all.forEach(this::fill);
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
   * Takes seats; blocks while there are none, if the level has queues.
   *
   * @param name of the level
   * @param hash of the flow
   * @param width how many seats, positive
   * @return null if requests of that level need none
   * @throws RefusedException if there are none and the request may not wait, or not any longer
   */
  @Nullable Seat acquire(String name, long hash, int width, Duration patience)
      throws RefusedException, InterruptedException {
    Level level;
    Waiter waiter;
    lock.lock();
    try {
      divideIfDue();
      level = levels.get(name);
      if (level == null) {
        return null;
      }
      FairQueues<Waiter> queues = level.queues;
      FairQueues<Waiter>.Queue queue = queues == null ? null : queues.queueOf(hash);
      long now = nanos.getAsLong();
      level.demand.change(width, now);
      if (level.shares.exempt() || (level.waiting() == 0 && level.fits(width))) {
        if (queues != null && queue != null) {
          queues.begun(queue, width);
        }
        return taken(level, queues, queue, width);
      }
      waiter = new Waiter(hash, width, now);
      waiter.queue = queue;
      if (queues == null || queue == null || !queues.offer(queue, waiter)) {
        level.demand.change(-width, now);
        throw new RefusedException(queues == null ? Refusal.CONCURRENCY_LIMIT : Refusal.QUEUE_FULL);
      }
    } finally {
      lock.unlock();
    }
    return await(level, waiter, patience);
  }

  private Seat await(Level level, Waiter waiter, Duration patience)
      throws RefusedException, InterruptedException {
    try {
      long rest = patience.toNanos();
      // Seats may be divided anew while nobody comes or goes.
      while (rest > 0 && !waiter.decided.await(step(rest), TimeUnit.NANOSECONDS)) {
        rest -= step(rest);
        lock.lock();
        try {
          divideIfDue();
        } finally {
          lock.unlock();
        }
      }
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

  private static long step(long rest) {
    return Math.min(rest, Limits.DIVISION.toNanos());
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
      if (waiter.seat == null) {
        level.demand.change(-waiter.width, nanos.getAsLong());
      }
      return waiter.seat;
    } finally {
      lock.unlock();
    }
  }

  private Seat taken(
      Level level,
      @Nullable FairQueues<Waiter> queues,
      FairQueues<Waiter>.@Nullable Queue queue,
      int width) {
    level.executing++;
    level.taken += width;
    return new Seat(level, queues, queue, width, nanos.getAsLong());
  }

  /** Gives seats back, and on to who is next. */
  void release(Seat seat) {
    lock.lock();
    try {
      Level level = seat.level;
      long now = nanos.getAsLong();
      level.executing--;
      level.taken -= seat.width;
      level.demand.change(-seat.width, now);
      if (seat.queues != null && seat.queue != null) {
        seat.queues.ended(seat.queue, seat.width, now - seat.begun);
      }
      divideIfDue();
      fill(level);
    } finally {
      lock.unlock();
    }
  }

  private void fill(Level level) {
    FairQueues<Waiter> queues = level.queues;
    while (queues != null) {
      Waiter next = queues.next(waiter -> level.fits(waiter.width), waiter -> waiter.width);
      if (next == null) {
        return;
      }
      next.seat = taken(level, queues, next.queue, next.width);
      next.decided.countDown();
    }
  }

  /** The most seats that one request of a level may take. */
  int widest(String name) {
    lock.lock();
    try {
      Level level = levels.get(name);
      int nominal = level == null ? 0 : level.shares.nominal();
      return Math.clamp((int) Math.ceil(nominal * Limits.WIDEST), 1, Limits.WIDEST_LIST);
    } finally {
      lock.unlock();
    }
  }

  /** What a level has until seats are divided again. */
  int limit(String name) {
    lock.lock();
    try {
      Level level = levels.get(name);
      return level == null ? 0 : level.limit;
    } finally {
      lock.unlock();
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
