package dev.tiphys.client.controller;

import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.client.ApiException;
import dev.tiphys.client.ObjectKey;
import dev.tiphys.client.environment.Environment;
import dev.tiphys.client.informer.EventHandler;
import dev.tiphys.client.informer.Informer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Runs a reconciler: informers report changes, changes become keys, keys wait in a queue, workers
 * reconcile them. Nothing is reconciled before all its informers have synced.
 *
 * <p>Thread-safe. An idle controller has no thread.
 */
public final class Controller<K> implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Controller.class);

  /** How often a stale cache may be to blame. */
  private static final int FAILURES_IN_A_ROW = 5;

  private final String name;
  private final Environment environment;
  private final Reconciler<K> reconciler;
  private final int workers;
  private final Telemetry telemetry;
  private final WorkQueue<K> queue;
  private final List<Informer<?>> informers = new ArrayList<>();
  private int waitingFor = Integer.MAX_VALUE;
  private int active;
  private boolean closed;

  /**
   * Makes a controller that counts nothing.
   *
   * @param name in logs and metrics, as {@code deployment}
   * @param workers how many keys are reconciled at once, 1 or more
   */
  public Controller(String name, int workers, Reconciler<K> reconciler, Environment environment) {
    this(name, workers, reconciler, environment, Telemetry.NONE);
  }

  /** Makes a controller. */
  public Controller(
      String name,
      int workers,
      Reconciler<K> reconciler,
      Environment environment,
      Telemetry telemetry) {
    if (workers < 1) {
      throw new IllegalArgumentException("controller " + name + " needs a worker");
    }
    this.name = name;
    this.environment = environment;
    this.reconciler = reconciler;
    this.workers = workers;
    this.telemetry = telemetry;
    this.queue = new WorkQueue<>(name, environment, telemetry);
    queue.onReady(this::moreWork);
  }

  /** The queue, for keys that come from elsewhere. */
  public WorkQueue<K> queue() {
    return queue;
  }

  /**
   * Reconciles whenever an object changes.
   *
   * @param keysOf whom an object concerns; called for the state before and after a change
   */
  public <T extends ApiObject> Controller<K> watching(
      Informer<T> informer, Function<? super T, ? extends Collection<K>> keysOf) {
    return handling(
        informer,
        change -> {
          T before = change.before();
          if (before != null && before != change.object()) {
            keysOf.apply(before).forEach(queue::add);
          }
          keysOf.apply(change.object()).forEach(queue::add);
        });
  }

  /** Waits for an informer to sync, and lets a handler decide what to enqueue. */
  public <T extends ApiObject> Controller<K> handling(
      Informer<T> informer, EventHandler<T> handler) {
    reading(informer);
    // Not under our lock: the informer calls back under its own, and its calls come to us.
    informer.addHandler(handler);
    return this;
  }

  /** Waits for an informer to sync without reconciling for its changes. */
  public synchronized Controller<K> reading(Informer<?> informer) {
    informers.add(informer);
    return this;
  }

  /** The keys of objects whose own key is the key. */
  public static <T extends ApiObject> Function<T, List<ObjectKey>> self() {
    return object -> List.of(ObjectKey.of(object));
  }

  /** Starts to reconcile as soon as the informers have synced. They are started by their owner. */
  public void start() {
    List<Informer<?>> all;
    synchronized (this) {
      all = List.copyOf(informers);
      waitingFor = all.size();
    }
    if (all.isEmpty()) {
      moreWork();
    }
    for (Informer<?> informer : all) {
      informer.whenSynced(this::oneSynced);
    }
  }

  private void oneSynced() {
    synchronized (this) {
      waitingFor--;
    }
    moreWork();
  }

  private void moreWork() {
    synchronized (this) {
      if (closed || waitingFor > 0 || active >= workers || queue.size() == 0) {
        return;
      }
      active++;
    }
    environment.execute("reconcile-" + name, this::work);
  }

  private void work() {
    try {
      for (K key = queue.poll(); key != null; key = queue.poll()) {
        try {
          reconcile(key);
        } finally {
          queue.done(key);
        }
        moreWork();
      }
    } finally {
      synchronized (this) {
        active--;
      }
      // A key may have come between the last poll and now, when no one was told.
      moreWork();
    }
  }

  private void reconcile(K key) {
    Duration began = environment.uptime();
    try {
      Reconciler.Result result = reconciler.reconcile(key);
      queue.forget(key);
      if (result.requeueAfter() != null) {
        queue.addAfter(key, result.requeueAfter());
      }
    } catch (ApiException.Conflict | ApiException.AlreadyExists | ApiException.NotFound stale) {
      // Usually the cache was behind, and the next look is right; if not, it is worth a warning.
      int failures = queue.failures(key) + 1;
      log.atLevel(failures < FAILURES_IN_A_ROW ? Level.DEBUG : Level.WARN)
          .log(
              "event=reconcile-again controller={} key={} failures={} cause={}",
              name,
              key,
              failures,
              stale.getMessage());
      queue.addRateLimited(key);
    } catch (ApiException failure) {
      log.warn(
          "event=reconcile-failed controller={} key={} failures={} error={}",
          name,
          key,
          queue.failures(key) + 1,
          failure.getMessage());
      queue.addRateLimited(key);
    } catch (CancellationException cancelled) {
      log.debug("event=reconcile-cancelled controller={} key={}", name, key);
    } catch (RuntimeException defect) {
      log.error("event=reconcile-failed controller={} key={}", name, key, defect);
      queue.addRateLimited(key);
    } finally {
      telemetry.observe(
          "workqueue_work_duration_seconds",
          name,
          environment.uptime().minus(began).toNanos() / 1e9);
    }
  }

  /** Stops to take keys; a key under work is finished. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    queue.close();
  }
}
