package dev.tiphys.apiserver.audit;

import dev.tiphys.api.audit.v1.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Hands events on in batches, from a thread of its own: who brings them never waits. What there is
 * no room for is dropped. Each batch is on its way alone, so that a slow receiver does not hold up
 * the next ones, within the rate. Thread-safe.
 */
final class BatchedSink implements AuditSink {

  private static final Event END = Event.builder().build();

  private final AuditSink behind;
  private final BatchSettings settings;
  private final Consumer<SinkException> lost;
  private final LongSupplier nanoTime;
  private final ExecutorService threads;
  private final boolean ordered;
  private final BlockingQueue<Event> waiting;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Phaser onTheirWay = new Phaser(1);
  private volatile boolean closing;
  private double tokens;
  private long filled;

  /**
   * Begins to gather.
   *
   * @param lost is told of what the sink behind could not take
   * @param ordered whether batches go one after the other
   */
  BatchedSink(
      AuditSink behind,
      BatchSettings settings,
      boolean ordered,
      Consumer<SinkException> lost,
      LongSupplier nanoTime,
      ExecutorService threads) {
    this.behind = behind;
    this.settings = settings;
    this.ordered = ordered;
    this.lost = lost;
    this.nanoTime = nanoTime;
    this.threads = threads;
    this.waiting = new LinkedBlockingQueue<>(Math.max(1, settings.buffer()));
    this.tokens = settings.burst();
    this.filled = nanoTime.getAsLong();
    threads.execute(this::gather);
  }

  @Override
  public String name() {
    return "buffered";
  }

  @Override
  public void take(List<Event> events) throws SinkException {
    for (int i = 0; i < events.size(); i++) {
      if (closing || !waiting.offer(events.get(i))) {
        throw new SinkException(name(), events.size() - i, "audit buffer queue blocked");
      }
    }
  }

  private void gather() {
    try {
      while (!closing || !waiting.isEmpty()) {
        List<Event> batch = next();
        if (!batch.isEmpty()) {
          pace();
          send(batch);
        }
      }
    } finally {
      ended.countDown();
    }
  }

  /** A batch: full, or as many as came within the time. */
  private List<Event> next() {
    List<Event> batch = new ArrayList<>();
    long until = nanoTime.getAsLong() + settings.atMost().toNanos();
    while (batch.size() < settings.most()) {
      try {
        Event event =
            closing
                ? waiting.poll()
                : waiting.poll(until - nanoTime.getAsLong(), TimeUnit.NANOSECONDS);
        if (event == null || event == END) {
          return batch;
        }
        batch.add(event);
      } catch (InterruptedException _) {
        closing = true;
        return batch;
      }
    }
    return batch;
  }

  private void pace() {
    if (!settings.throttled()) {
      return;
    }
    refill();
    while (tokens < 1 && !closing) {
      try {
        TimeUnit.NANOSECONDS.sleep((long) ((1 - tokens) / settings.perSecond() * 1e9) + 1);
      } catch (InterruptedException _) {
        return;
      }
      refill();
    }
    tokens = Math.max(0, tokens - 1);
  }

  private void refill() {
    long now = nanoTime.getAsLong();
    tokens = Math.min(settings.burst(), tokens + (now - filled) / 1e9 * settings.perSecond());
    filled = now;
  }

  private void send(List<Event> batch) {
    if (ordered) {
      deliver(batch);
      return;
    }
    onTheirWay.register();
    threads.execute(() -> {
      try {
        deliver(batch);
      } finally {
        onTheirWay.arriveAndDeregister();
      }
    });
  }

  private void deliver(List<Event> batch) {
    try {
      behind.take(batch);
    } catch (SinkException e) {
      lost.accept(e);
    }
  }

  @Override
  public void close() {
    closing = true;
    // Wakes it up; when there is no room it is awake.
    boolean _ = waiting.offer(END);
    try {
      if (ended.await(Limits.CLOSING.toMillis(), TimeUnit.MILLISECONDS)) {
        onTheirWay.awaitAdvanceInterruptibly(
            onTheirWay.arrive(), Limits.CLOSING.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException e) {
      lost.accept(new SinkException(name(), 1, "the server stopped before a batch had gone", e));
    }
    behind.close();
  }
}
