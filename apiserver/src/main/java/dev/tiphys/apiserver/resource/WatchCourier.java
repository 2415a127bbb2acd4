package dev.tiphys.apiserver.resource;

import dev.tiphys.apiserver.http.Broadcast;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Brings events to the watches of one resource: all those that have any are served together, with
 * bytes made once for all of the same form, and the event loops are given all streams of a
 * connection at once. It has a thread only while there is something to bring. Thread-safe.
 */
final class WatchCourier {

  /** Some events in a form. Equal for watches that are to be sent the same bytes. */
  record Content(Object form, List<?> events) {}

  private final Executor threads;
  private final Pace pace;
  private final ReentrantLock lock = new ReentrantLock();
  private List<PushedWatch<?>> ready = new ArrayList<>();
  private boolean running;

  /**
   * One with nothing to do.
   *
   * @param threads runs its task
   * @param nanoTime the time since some moment, in nanoseconds
   */
  WatchCourier(Executor threads, LongSupplier nanoTime) {
    this.threads = threads;
    this.pace = new Pace(nanoTime);
  }

  /** A watch has something to be brought, or has ended. Never blocks. */
  void call(PushedWatch<?> watch) {
    boolean starts;
    lock.lock();
    try {
      ready.add(watch);
      starts = !running;
      running = true;
    } finally {
      lock.unlock();
    }
    if (starts) {
      threads.execute(this::run);
    }
  }

  private void run() {
    for (List<PushedWatch<?>> round = next(); !round.isEmpty(); round = next()) {
      pace.sent(bring(round));
    }
  }

  /** Those to be served now; empty when there is nothing left to do. */
  private List<PushedWatch<?>> next() {
    for (long left = pace.left(); left > 0; left = pace.left()) {
      LockSupport.parkNanos(left);
      if (Thread.interrupted()) {
        break;
      }
    }
    lock.lock();
    try {
      List<PushedWatch<?>> round = ready;
      ready = new ArrayList<>();
      running = !round.isEmpty();
      return round;
    } finally {
      lock.unlock();
    }
  }

  /** Gives to how many something was brought. */
  private static int bring(List<PushedWatch<?>> watches) {
    Round round = new Round();
    int served = 0;
    for (PushedWatch<?> watch : watches) {
      served += watch.deliver(round) ? 1 : 0;
    }
    round.broadcast.send();
    return served;
  }

  /** What is brought together. For one thread. */
  static final class Round {

    private final Broadcast broadcast = new Broadcast();
    private final Map<Content, byte[]> made = new HashMap<>();

    Broadcast broadcast() {
      return broadcast;
    }

    /** The bytes of a content, made by the first that needs them. */
    byte[] bytes(Content content, Supplier<byte[]> make) {
      return made.computeIfAbsent(content, _ -> make.get());
    }
  }
}
