package dev.tiphys.apiserver.storage;

import dev.tiphys.api.schema.ApiObject;

/**
 * Gives the cache's state as fresh as a reader demands: asks the store how far it is, which costs
 * one small call for all who ask together, and waits for the cache to be there. Thread-safe.
 */
final class Freshness<T extends ApiObject> {

  private final WatchCache<T> cache;
  private final RevisionOracle oracle;
  private final WatchFeed feed;

  Freshness(WatchCache<T> cache, RevisionOracle oracle, WatchFeed feed) {
    this.cache = cache;
    this.oracle = oracle;
    this.feed = feed;
  }

  /**
   * The state.
   *
   * @throws StorageException.RevisionTooLarge if a revision is demanded that does not come in time
   * @throws StorageException.Unavailable if the store does not say how far it is, or does not let
   *     the cache follow
   */
  WatchCache.Snapshot<T> snapshot(ReadAt readAt) {
    switch (readAt) {
      case ReadAt.Any _ -> {
        return cache.current();
      }
      case ReadAt.NotOlderThan(long revision) -> {
        return atLeast(revision);
      }
      case ReadAt.Exact(long revision) -> {
        return atLeast(revision);
      }
      case ReadAt.Latest _ -> {
        long latest = oracle.latest();
        if (!cache.await(latest, Limits.FRESHNESS_TIMEOUT)) {
          // The store answers but its watch is silent: the stream must be dead.
          feed.restart("the cache does not reach revision " + latest);
          throw new StorageException.Unavailable("the watch cache lags behind the store", null);
        }
        return cache.current();
      }
    }
  }

  private WatchCache.Snapshot<T> atLeast(long revision) {
    if (!cache.await(revision, Limits.FRESHNESS_TIMEOUT)) {
      throw new StorageException.RevisionTooLarge(revision, cache.current().revision());
    }
    return cache.current();
  }
}
