package dev.tiphys.apiserver.storage;

import dev.tiphys.api.schema.ApiObject;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The connection to the store that keeps everything, and the caches in front of it. One a process.
 * Thread-safe.
 */
public final class Store implements AutoCloseable {

  private final StoreMetrics metrics = new StoreMetrics();
  private final Etcd etcd;
  private final WatchFeed feed;
  private final StoreHistory history;
  private final ConditionalWrites writes;
  private final RevisionOracle oracle;
  private final Leases leases;
  private final InstantSource clock;
  private final ExecutorService threads;
  private final StoreLayout layout;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Map<String, WatchCache<?>> caches = new ConcurrentHashMap<>();

  private Store(StoreConfig config, InstantSource clock) {
    this.etcd = Etcd.connect(config, metrics);
    this.clock = clock;
    this.layout = new StoreLayout(config.prefix());
    this.threads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("store-", 0).factory());
    this.feed = WatchFeed.start(etcd, threads);
    this.history = new StoreHistory(etcd, threads);
    this.writes = new ConditionalWrites(etcd, history, feed::revision);
    this.oracle = new RevisionOracle(etcd::revisionSoon);
    this.leases = new Leases(etcd::grantLease, clock);
    threads.execute(this::keepTrim);
    Duration interval = config.compactionInterval();
    if (!interval.isZero()) {
      threads.execute(() -> new Compactor(etcd).run(() -> openAfter(interval)));
    }
  }

  /**
   * Begins to connect. Does not wait for the store: what needs it waits, and {@link #check} tells
   * whether it is there.
   *
   * @param clock by which bookmarks, leases and the age of events are told
   * @throws dev.tiphys.daemon.ConfigException if a certificate or key cannot be used
   */
  public static Store connect(StoreConfig config, InstantSource clock) {
    return new Store(config, clock);
  }

  /** Shows how many objects there are and how long calls to the store take. */
  public void register(PrometheusRegistry registry) {
    metrics.register(registry, this::objectCounts);
  }

  private Map<String, Integer> objectCounts() {
    Map<String, Integer> counts = new TreeMap<>();
    for (WatchCache<?> cache : caches.values()) {
      // Of a resource that nobody has read yet the number is not known.
      if (cache.filled()) {
        counts.put(cache.resource(), cache.size());
      }
    }
    return counts;
  }

  /** Where things are kept. */
  public StoreLayout layout() {
    return layout;
  }

  /**
   * Opens the objects of a resource; to be done once for each key prefix. Nothing is read before
   * they are used.
   *
   * @throws IllegalStateException if the prefix is open already
   */
  public <T extends ApiObject> ResourceStore<T> open(ResourceSpec<T> spec) {
    WatchCache<T> cache = new WatchCache<>(spec, etcd, feed, history, clock);
    if (caches.putIfAbsent(spec.keyPrefix(), cache) != null) {
      throw new IllegalStateException("opened twice: " + spec.keyPrefix());
    }
    Freshness<T> freshness = new Freshness<>(cache, oracle, feed);
    return new CachedResource<>(
        spec,
        cache,
        freshness,
        new Lister<>(spec, etcd, cache, freshness),
        new ObjectWriter<>(spec, etcd, writes, cache, leases));
  }

  /** Lets go of a resource that is no longer served; its watches end. */
  public void release(ResourceSpec<?> spec) {
    WatchCache<?> cache = caches.remove(spec.keyPrefix());
    if (cache != null) {
      feed.unsubscribe(spec.keyPrefix());
      cache.close();
    }
  }

  /**
   * The store's revision now, as a majority knows it.
   *
   * @throws StorageException.Unavailable if it does not answer
   */
  public long revision() {
    return oracle.latest();
  }

  /**
   * The health check {@code etcd}: whether the store answers and lets the caches follow.
   *
   * @param atMost how long that may take
   * @throws StorageException.Unavailable if not
   */
  public void check(Duration atMost) {
    long latest = oracle.latest();
    if (!feed.await(latest, atMost)) {
      throw new StorageException.Unavailable("the watch on the store lags behind", null);
    }
  }

  /** Lets idle caches forget old events: those that happen trim themselves. */
  private void keepTrim() {
    while (openAfter(Limits.RING_WINDOW)) {
      caches.values().forEach(WatchCache::trim);
    }
  }

  /** Waits, and says whether the store is open still. */
  private boolean openAfter(Duration time) {
    try {
      return !closed.await(time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() {
    closed.countDown();
    caches.values().forEach(WatchCache::close);
    feed.close();
    threads.shutdownNow();
    etcd.close();
  }
}
