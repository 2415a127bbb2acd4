package dev.tiphys.apiserver.resource;

import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.apiserver.storage.Change;
import dev.tiphys.apiserver.storage.Encoding;
import dev.tiphys.apiserver.storage.ListPage;
import dev.tiphys.apiserver.storage.ListQuery;
import dev.tiphys.apiserver.storage.ObjectKey;
import dev.tiphys.apiserver.storage.Preconditions;
import dev.tiphys.apiserver.storage.ReadAt;
import dev.tiphys.apiserver.storage.ResourceStore;
import dev.tiphys.apiserver.storage.Stored;
import dev.tiphys.apiserver.storage.StoredList;
import dev.tiphys.apiserver.storage.WatchEvent;
import dev.tiphys.apiserver.storage.WatchQuery;
import dev.tiphys.apiserver.storage.Watcher;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The store of a resource that is kept as another kind, or in another version: everything passes
 * through a conversion.
 *
 * @param <T> the kind that is seen
 * @param <S> the kind that is stored
 */
public final class ConvertedStore<T extends ApiObject, S extends ApiObject>
    implements ResourceStore<T> {

  private final ResourceStore<S> store;
  private final StoreConversion<T, S> conversion;

  /** Sees a store through a conversion. */
  public ConvertedStore(ResourceStore<S> store, StoreConversion<T, S> conversion) {
    this.store = store;
    this.conversion = conversion;
  }

  /** The store that keeps what a store shows. */
  public static ResourceStore<?> within(ResourceStore<?> store) {
    return store instanceof ConvertedStore<?, ?> converted ? converted.store : store;
  }

  /** What is stored of an object. */
  S toStored(T object) {
    return conversion.toStored(object);
  }

  /** What is seen of an object that is stored. */
  T fromStored(S object) {
    return conversion.fromStored(object);
  }

  @Override
  public Stored<T> create(ObjectKey key, T object, @Nullable Duration timeToLive) {
    return conversion.seen(store.create(key, conversion.toStored(object), timeToLive));
  }

  @Override
  public Stored<T> get(ObjectKey key, ReadAt readAt) {
    return conversion.seen(store.get(key, readAt));
  }

  @Override
  public @Nullable Stored<T> find(ObjectKey key, ReadAt readAt) {
    Stored<S> found = store.find(key, readAt);
    return found == null ? null : conversion.seen(found);
  }

  @Override
  public Stored<T> update(
      ObjectKey key, Preconditions preconditions, Function<Stored<T>, Change<T>> change) {
    return conversion.seen(
        store.update(
            key,
            preconditions,
            present -> {
              Once<T> seen = new Once<>(conversion.seen(present));
              return conversion.stored(change.apply(seen), present, seen.object());
            }));
  }

  @Override
  public Upserted<T> upsert(
      ObjectKey key, Preconditions preconditions, Function<@Nullable Stored<T>, Change<T>> change) {
    Upserted<S> upserted =
        store.upsert(
            key,
            preconditions,
            present -> {
              Once<T> seen = present == null ? null : new Once<>(conversion.seen(present));
              return conversion.stored(
                  change.apply(seen), present, seen == null ? null : seen.object());
            });
    return new Upserted<>(conversion.seen(upserted.stored()), upserted.created());
  }

  /** What is seen, made once, so that it can be told whether a change gives back the same. */
  private record Once<T extends ApiObject>(Stored<T> stored, T object) implements Stored<T> {

    Once(Stored<T> stored) {
      this(stored, stored.object());
    }

    @Override
    public long revision() {
      return stored.revision();
    }

    @Override
    public byte[] encoded(Encoding<? super T> encoding) {
      return stored.encoded(encoding);
    }
  }

  @Override
  public Stored<T> delete(
      ObjectKey key, Preconditions preconditions, Consumer<Stored<T>> validate) {
    return conversion.seen(
        store.delete(key, preconditions, present -> validate.accept(conversion.seen(present))));
  }

  @Override
  public ListPage<T> list(ListQuery<T> query) {
    ListPage<S> page =
        store.list(
            new ListQuery<>(
                conversion.stored(query.selection()),
                query.readAt(),
                query.limit(),
                query.continueToken()));
    List<Stored<T>> seen = conversion.seen(page.items());
    return new ListPage<>(
        page.revision(),
        seen instanceof StoredList<T> same ? same : StoredList.of(seen),
        page.continueToken(),
        page.remainingItemCount());
  }

  @Override
  public Watcher<T> watch(WatchQuery<T> query) {
    Watcher<S> watcher =
        store.watch(
            new WatchQuery<>(
                conversion.stored(query.selection()), query.start(), query.bookmarks()));
    return new Watcher<>() {
      @Override
      public List<WatchEvent<T>> take(Duration atMost) throws InterruptedException {
        return watcher.take(atMost).stream().map(event -> seen(event)).toList();
      }

      @Override
      public List<WatchEvent<T>> poll() {
        return watcher.poll().stream().map(event -> seen(event)).toList();
      }

      @Override
      public void onReady(Runnable action) {
        watcher.onReady(action);
      }

      @Override
      public void endsAt(Instant end) {
        watcher.endsAt(end);
      }

      @Override
      public boolean closed() {
        return watcher.closed();
      }

      @Override
      public void close() {
        watcher.close();
      }
    };
  }

  @SuppressWarnings("unchecked") // what is seen as it is stored is of the same kind
  private WatchEvent<T> seen(WatchEvent<S> event) {
    Stored<S> stored = event.stored();
    Stored<T> seen = stored == null ? null : conversion.seen(stored);
    // The same event is passed on where it can be, for it keeps its encoded form.
    return seen == (Object) stored && stored != null
        ? (WatchEvent<T>) event
        : new WatchEvent<>(event.type(), seen, event.revision(), event.initialEventsEnd());
  }

  @Override
  public int count() {
    return store.count();
  }
}
