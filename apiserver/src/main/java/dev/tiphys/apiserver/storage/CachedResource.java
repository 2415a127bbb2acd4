package dev.tiphys.apiserver.storage;

import dev.tiphys.api.schema.ApiObject;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The {@link ResourceStore} over a store in the etcd v3 API: writes go there, reads come cached.
 */
final class CachedResource<T extends ApiObject> implements ResourceStore<T> {

  private final ResourceSpec<T> spec;
  private final WatchCache<T> cache;
  private final Freshness<T> freshness;
  private final Lister<T> lister;
  private final ObjectWriter<T> writer;

  CachedResource(
      ResourceSpec<T> spec,
      WatchCache<T> cache,
      Freshness<T> freshness,
      Lister<T> lister,
      ObjectWriter<T> writer) {
    this.spec = spec;
    this.cache = cache;
    this.freshness = freshness;
    this.lister = lister;
    this.writer = writer;
  }

  @Override
  public Stored<T> create(ObjectKey key, T object, @Nullable Duration timeToLive) {
    return writer.create(key, object, timeToLive);
  }

  @Override
  public Stored<T> get(ObjectKey key, ReadAt readAt) {
    Stored<T> found = find(key, readAt);
    if (found == null) {
      throw new StorageException.NotFound(spec.keyPrefix() + key.path());
    }
    return found;
  }

  @Override
  public @Nullable Stored<T> find(ObjectKey key, ReadAt readAt) {
    return freshness.snapshot(readAt).objects().get(key.path());
  }

  @Override
  public Stored<T> update(
      ObjectKey key, Preconditions preconditions, Function<Stored<T>, Change<T>> change) {
    return writer.update(key, preconditions, change);
  }

  @Override
  public Upserted<T> upsert(
      ObjectKey key, Preconditions preconditions, Function<@Nullable Stored<T>, Change<T>> change) {
    ObjectWriter.ChangedObject<T> changed = writer.upsert(key, preconditions, change);
    return new Upserted<>(changed.stored(), changed.created());
  }

  @Override
  public Stored<T> delete(
      ObjectKey key, Preconditions preconditions, Consumer<Stored<T>> validate) {
    return writer.delete(key, preconditions, validate);
  }

  @Override
  public ListPage<T> list(ListQuery<T> query) {
    return lister.list(query);
  }

  @Override
  public Watcher<T> watch(WatchQuery<T> query) {
    return switch (query.start()) {
      case WatchQuery.Start.After(long revision) -> cache.watchAfter(query, revision);
      case WatchQuery.Start.WithState(ReadAt readAt, boolean endBookmark) -> {
        WatchCache.Snapshot<T> _ = freshness.snapshot(readAt);
        yield cache.watchWithState(query, endBookmark);
      }
    };
  }

  @Override
  public int count() {
    return cache.size();
  }
}
