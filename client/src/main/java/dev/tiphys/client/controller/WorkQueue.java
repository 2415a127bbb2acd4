package dev.tiphys.client.controller;

import dev.tiphys.client.environment.Environment;
import dev.tiphys.client.environment.TokenBucket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keys that wait for work: each at most once, and none handed out while it is being worked on.
 *
 * <p>It does not block. {@link #poll} gives the next key, {@link #done} must follow; the listener
 * is told when a key may be there. Thread-safe; it owns its lock and calls the listener outside it.
 */
public final class WorkQueue<K> {

  private static final Duration FIRST_RETRY = Duration.ofMillis(5);
  private static final Duration LAST_RETRY = Duration.ofSeconds(1000);
  private static final double RETRIES_PER_SECOND = 10;
  private static final int RETRY_BURST = 100;

  private final String name;
  private final Environment environment;
  private final Telemetry telemetry;
  private final TokenBucket retries;
  private final ArrayDeque<K> ready = new ArrayDeque<>();
  private final Map<K, Duration> dirty = new HashMap<>();
  private final Set<K> processing = new HashSet<>();
  private final Map<K, Timer> timers = new HashMap<>();
  private final Map<K, Integer> failures = new HashMap<>();
  private Runnable listener = () -> {};
  private boolean closed;

  private record Timer(Duration due, Environment.Task task) {}

  /**
   * Makes an empty queue.
   *
   * @param name the queue's name in metrics
   */
  public WorkQueue(String name, Environment environment, Telemetry telemetry) {
    this.name = name;
    this.environment = environment;
    this.telemetry = telemetry;
    this.retries = new TokenBucket(RETRIES_PER_SECOND, RETRY_BURST, environment);
  }

  /** Says whom to tell that a key has become ready. To be called once, before use. */
  public synchronized void onReady(Runnable listener) {
    this.listener = listener;
  }

  /** Adds a key; it stays one key however often it is added before it is handed out. */
  public void add(K key) {
    Runnable tell;
    synchronized (this) {
      if (closed || dirty.putIfAbsent(key, environment.uptime()) != null) {
        return;
      }
      telemetry.count("workqueue_adds_total", name, 1);
      if (processing.contains(key)) {
        return;
      }
      ready.add(key);
      telemetry.gauge("workqueue_depth", name, ready.size());
      tell = listener;
    }
    tell.run();
  }

  /** Adds a key later; of several times for one key the earliest counts. */
  public void addAfter(K key, Duration delay) {
    if (!delay.isPositive()) {
      add(key);
      return;
    }
    synchronized (this) {
      Duration due = environment.uptime().plus(delay);
      Timer timer = timers.get(key);
      if (closed || (timer != null && timer.due.compareTo(due) <= 0)) {
        return;
      }
      if (timer != null) {
        timer.task.cancel();
      }
      timers.put(
          key, new Timer(due, environment.schedule(delay, name + "-timer", () -> ring(key, due))));
    }
  }

  private void ring(K key, Duration due) {
    synchronized (this) {
      Timer timer = timers.get(key);
      if (timer == null || !timer.due.equals(due)) {
        return;
      }
      timers.remove(key);
    }
    add(key);
  }

  /**
   * Adds a key after a failure: 5 ms after the first, twice that after each further, up to 1000 s;
   * the queue as a whole retries ten times a second beyond a burst of a hundred.
   */
  public void addRateLimited(K key) {
    Duration delay;
    synchronized (this) {
      int count = failures.merge(key, 1, Integer::sum);
      telemetry.count("workqueue_retries_total", name, 1);
      double nanos = FIRST_RETRY.toNanos() * Math.pow(2, Math.min(count - 1, 40));
      delay = Duration.ofNanos((long) Math.min(nanos, LAST_RETRY.toNanos()));
    }
    Duration overall = retries.reserve();
    addAfter(key, delay.compareTo(overall) > 0 ? delay : overall);
  }

  /** Forgets the failures of a key. */
  public synchronized void forget(K key) {
    failures.remove(key);
  }

  /** How often a key failed in a row. */
  public synchronized int failures(K key) {
    return failures.getOrDefault(key, 0);
  }

  /** Takes the next key, or null. {@link #done} must be called for it. */
  public synchronized @Nullable K poll() {
    K key = ready.poll();
    if (key == null) {
      return null;
    }
    Duration added = dirty.remove(key);
    processing.add(key);
    telemetry.gauge("workqueue_depth", name, ready.size());
    if (added != null) {
      telemetry.observe(
          "workqueue_queue_duration_seconds",
          name,
          environment.uptime().minus(added).toNanos() / 1e9);
    }
    return key;
  }

  /** Gives a key back; if it was added meanwhile it is ready again. */
  public void done(K key) {
    Runnable tell;
    synchronized (this) {
      processing.remove(key);
      if (closed || !dirty.containsKey(key)) {
        return;
      }
      ready.add(key);
      tell = listener;
    }
    tell.run();
  }

  /** Keys ready to be handed out. */
  public synchronized int size() {
    return ready.size();
  }

  /** Whether nothing is ready or under work; timers do not count. */
  public synchronized boolean isIdle() {
    return ready.isEmpty() && processing.isEmpty();
  }

  /** Drops all keys and takes no more. */
  public synchronized void close() {
    closed = true;
    ready.clear();
    dirty.clear();
    timers.values().forEach(timer -> timer.task.cancel());
    timers.clear();
  }
}
