package dev.tiphys.apiserver.resource;

import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.apiserver.answer.WatchAnswers;
import dev.tiphys.apiserver.http.Outlet;
import dev.tiphys.apiserver.storage.StorageException;
import dev.tiphys.apiserver.storage.WatchEvent;
import dev.tiphys.apiserver.storage.Watcher;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A watch whose events a {@link WatchCourier} brings, while its request's thread only waits for the
 * end. A client that is behind is left alone until it has caught up; its watcher ends if that takes
 * too many events. Thread-safe.
 */
final class PushedWatch<T extends ApiObject> {

  private final Watcher<T> watcher;
  private final WatchAnswers<T> answers;
  private final Outlet outlet;
  private final WatchCourier courier;
  private final LongSupplier nanoTime;

  private final AtomicBoolean called = new AtomicBoolean();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final ReentrantLock lock = new ReentrantLock();
  private byte @Nullable [] refused;
  private long refusedNanos;
  private boolean stopped;
  private @Nullable RuntimeException failure;

  PushedWatch(
      Watcher<T> watcher,
      WatchAnswers<T> answers,
      Outlet outlet,
      WatchCourier courier,
      LongSupplier nanoTime) {
    this.watcher = watcher;
    this.answers = answers;
    this.outlet = outlet;
    this.courier = courier;
    this.nanoTime = nanoTime;
  }

  /** Begins to have events brought; what was written before has been flushed. */
  void begin() {
    watcher.onReady(this::ready);
  }

  /** There may be something to bring. Never blocks. */
  void ready() {
    if (called.compareAndSet(false, true)) {
      courier.call(this);
    }
  }

  /** Adds what there is to a round, if the client takes it; says whether. By the courier. */
  boolean deliver(WatchCourier.Round round) {
    called.set(false);
    lock.lock();
    try {
      return !stopped && next(round);
    } catch (RuntimeException e) {
      // The request's thread tells the client, or the log.
      failure = e;
      stopped = true;
      ended.countDown();
      return false;
    } finally {
      lock.unlock();
    }
  }

  private boolean next(WatchCourier.Round round) {
    byte[] bytes = refused;
    if (bytes == null) {
      List<WatchEvent<T>> events = watcher.poll();
      if (events.isEmpty()) {
        if (watcher.closed()) {
          stopped = true;
          ended.countDown();
        }
        return false;
      }
      Object form = answers.form();
      bytes =
          form == null
              ? answers.bytes(events)
              : round.bytes(new WatchCourier.Content(form, events), () -> answers.bytes(events));
    }
    if (!round.broadcast().offer(outlet, bytes, this::ready)) {
      if (refused == null) {
        refusedNanos = nanoTime.getAsLong();
      }
      refused = bytes;
      return false;
    }
    refused = null;
    // There may be more than one takes at once, or the news that it has ended.
    ready();
    return true;
  }

  /**
   * Waits for the end.
   *
   * @return whether it has come
   * @throws StorageException.WatchEnded if the watcher fell behind or the store was replaced
   */
  boolean await(Duration atMost) throws InterruptedException {
    if (!ended.await(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
      return false;
    }
    lock.lock();
    try {
      if (failure != null) {
        throw failure;
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Whether the client has taken nothing for so long although there is something for it. */
  boolean stalled(Duration atLeast) {
    lock.lock();
    try {
      return refused != null && nanoTime.getAsLong() - refusedNanos > atLeast.toNanos();
    } finally {
      lock.unlock();
    }
  }

  /** Has nothing brought any more from now on. */
  void stop() {
    lock.lock();
    try {
      stopped = true;
    } finally {
      lock.unlock();
    }
  }
}
