package dev.tiphys.scheduler.queue;

import dev.tiphys.client.ObjectKey;
import dev.tiphys.client.environment.Environment;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Pods that wait for a node. A pod is ready, or backs off after a failure, or is parked because no
 * node could take it; parked pods come back when something changes that may help, and after a while
 * even if nothing does.
 *
 * <p>Thread-safe; it owns its lock and calls the listener outside it. It does not block.
 */
public final class SchedulingQueue {

  private static final Duration FIRST_BACKOFF = Duration.ofSeconds(1);
  private static final Duration LAST_BACKOFF = Duration.ofSeconds(10);
  private static final Duration LONGEST_PARKED = Duration.ofMinutes(5);

  private enum Place {
    READY,
    TAKEN,
    BACKING_OFF,
    PARKED
  }

  private static final class Entry {
    final ObjectKey key;
    int priority;

    /** Unlike that of any pod that is ready, until this one is. */
    long order = -1;

    int attempts;
    Place place = Place.READY;

    /** The number of {@link #wake} calls when the pod was taken. */
    long takenAt;

    Duration failedAt = Duration.ZERO;
    Environment.@Nullable Task timer;

    Entry(ObjectKey key) {
      this.key = key;
    }
  }

  private final Environment environment;
  private final Map<ObjectKey, Entry> entries = new HashMap<>();
  private final TreeSet<Entry> ready =
      new TreeSet<>(
          Comparator.comparingInt((Entry entry) -> entry.priority)
              .reversed()
              .thenComparingLong(entry -> entry.order));
  private Runnable listener = () -> {};
  private long nextOrder;
  private long wakes;

  /** Makes an empty queue. */
  public SchedulingQueue(Environment environment) {
    this.environment = environment;
  }

  /** Says whom to tell that a pod has become ready. To be called once, before use. */
  public synchronized void onReady(Runnable listener) {
    this.listener = listener;
  }

  /** Adds a pod, or notes that one that waits has changed and may fit now. */
  public void add(ObjectKey pod, int priority) {
    Runnable tell;
    synchronized (this) {
      Entry entry = entries.computeIfAbsent(pod, Entry::new);
      if (entry.place == Place.TAKEN) {
        // It may have changed after it was looked at: as if something had been freed meanwhile.
        entry.takenAt = -1;
        entry.priority = priority;
        return;
      }
      ready.remove(entry);
      entry.priority = priority;
      makeReady(entry);
      tell = listener;
    }
    tell.run();
  }

  /** Takes a pod out: it has a node, or is gone. */
  public synchronized void remove(ObjectKey pod) {
    Entry entry = entries.remove(pod);
    if (entry != null) {
      ready.remove(entry);
      cancelTimer(entry);
    }
  }

  /**
   * Takes the next pod, by priority and then by age, or null. {@link #park} or {@link #remove}
   * follows.
   */
  public synchronized @Nullable ObjectKey poll() {
    Entry entry = ready.pollFirst();
    if (entry == null) {
      return null;
    }
    entry.place = Place.TAKEN;
    entry.takenAt = wakes;
    entry.attempts++;
    return entry.key;
  }

  /**
   * Gives a pod back that no node could take. If something changed while it was looked at, it is
   * tried again after a back-off instead of waiting for the next change.
   */
  public synchronized void park(ObjectKey pod) {
    Entry entry = entries.get(pod);
    if (entry == null) {
      return;
    }
    entry.failedAt = environment.uptime();
    if (entry.takenAt == wakes) {
      entry.place = Place.PARKED;
      startTimer(entry, LONGEST_PARKED);
    } else {
      backOff(entry);
    }
  }

  /** Gives a pod back whose placement failed for a passing reason. */
  public synchronized void retry(ObjectKey pod) {
    Entry entry = entries.get(pod);
    if (entry != null) {
      entry.failedAt = environment.uptime();
      backOff(entry);
    }
  }

  /**
   * Something changed that may help: all parked pods are tried again, those whose back-off since
   * the last attempt is not over when it is.
   */
  public synchronized void wake() {
    wakes++;
    for (Entry entry : entries.values()) {
      if (entry.place == Place.PARKED) {
        backOff(entry);
      }
    }
  }

  /** How many pods wait, in whatever way. */
  public synchronized int size() {
    return entries.size();
  }

  /** How many pods wait for a change of the cluster. */
  public synchronized int parked() {
    return (int) entries.values().stream().filter(e -> e.place == Place.PARKED).count();
  }

  private void backOff(Entry entry) {
    entry.place = Place.BACKING_OFF;
    int doublings = Math.min(Math.max(entry.attempts - 1, 0), 10);
    Duration doubled = FIRST_BACKOFF.multipliedBy(1L << doublings);
    Duration backoff = doubled.compareTo(LAST_BACKOFF) > 0 ? LAST_BACKOFF : doubled;
    startTimer(entry, backoff.minus(environment.uptime().minus(entry.failedAt)));
  }

  private void startTimer(Entry entry, Duration delay) {
    cancelTimer(entry);
    entry.timer = environment.schedule(delay, "scheduling-queue-timer", () -> ring(entry));
  }

  private void ring(Entry entry) {
    Runnable tell;
    synchronized (this) {
      boolean waiting = entry.place == Place.BACKING_OFF || entry.place == Place.PARKED;
      if (entries.get(entry.key) != entry || !waiting) {
        return;
      }
      entry.timer = null;
      makeReady(entry);
      tell = listener;
    }
    tell.run();
  }

  private void makeReady(Entry entry) {
    cancelTimer(entry);
    entry.place = Place.READY;
    entry.order = nextOrder++;
    ready.add(entry);
  }

  private static void cancelTimer(Entry entry) {
    if (entry.timer != null) {
      entry.timer.cancel();
      entry.timer = null;
    }
  }
}
