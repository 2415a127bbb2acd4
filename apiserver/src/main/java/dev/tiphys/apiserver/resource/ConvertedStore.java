package dev.tiphys.apiserver.resource;

import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.apiserver.resource.ServedResource.Conversion;
import dev.tiphys.apiserver.storage.Change;
import dev.tiphys.apiserver.storage.Encoding;
import dev.tiphys.apiserver.storage.ListPage;
import dev.tiphys.apiserver.storage.ListQuery;
import dev.tiphys.apiserver.storage.ObjectKey;
import dev.tiphys.apiserver.storage.Preconditions;
import dev.tiphys.apiserver.storage.ReadAt;
import dev.tiphys.apiserver.storage.ResourceStore;
import dev.tiphys.apiserver.storage.Selection;
import dev.tiphys.apiserver.storage.Stored;
import dev.tiphys.apiserver.storage.StoredList;
import dev.tiphys.apiserver.storage.WatchEvent;
import dev.tiphys.apiserver.storage.WatchQuery;
import dev.tiphys.apiserver.storage.Watcher;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The store of a resource that is kept as a kind of another group or version: everything passes
 * through the conversion, but encoded forms are still made once, for they are kept with the stored
 * object.
 *
 * @param <T> the served kind
 * @param <S> the stored kind
 */
final class ConvertedStore<T extends ApiObject, S extends ApiObject> implements ResourceStore<T> {

  private final ResourceStore<S> store;
  private final Conversion<T, S> conversion;

  ConvertedStore(ResourceStore<S> store, Conversion<T, S> conversion) {
    this.store = store;
    this.conversion = conversion;
  }

  /** A stored object seen as the served kind. */
  private final class Converted implements Stored<T> {

    private final Stored<S> stored;

    Converted(Stored<S> stored) {
      this.stored = stored;
    }

    @Override
    public T object() {
      return conversion.fromStored().apply(stored.object());
    }

    @Override
    public long revision() {
      return stored.revision();
    }

    @Override
    public byte[] encoded(Encoding<? super T> encoding) {
      return stored.encoded(
          new Encoding<S>() {
            @Override
            public int slot() {
              return encoding.slot();
            }

            @Override
            public byte[] encode(S object) {
              return encoding.encode(conversion.fromStored().apply(object));
            }
          });
    }
  }

  private @Nullable Stored<T> converted(@Nullable Stored<S> stored) {
    return stored == null ? null : new Converted(stored);
  }

  private Change<S> stored(Change<T> change) {
    return switch (change) {
      case Change.Put<T> put ->
          new Change.Put<>(conversion.toStored().apply(put.object()), put.timeToLive());
      case Change.Delete<T> delete ->
          new Change.Delete<>(
              delete.lastState() == null ? null : conversion.toStored().apply(delete.lastState()));
    };
  }

  private Selection<S> stored(Selection<T> selection) {
    var matches = selection.matches();
    return new Selection<>(
        selection.namespace(),
        selection.name(),
        null,
        matches == null ? null : object -> matches.test(conversion.fromStored().apply(object)));
  }

  @Override
  public Stored<T> create(ObjectKey key, T object, @Nullable Duration timeToLive) {
    return new Converted(store.create(key, conversion.toStored().apply(object), timeToLive));
  }

  @Override
  public Stored<T> get(ObjectKey key, ReadAt readAt) {
    return new Converted(store.get(key, readAt));
  }

  @Override
  public @Nullable Stored<T> find(ObjectKey key, ReadAt readAt) {
    return converted(store.find(key, readAt));
  }

  @Override
  public Stored<T> update(
      ObjectKey key, Preconditions preconditions, Function<Stored<T>, Change<T>> change) {
    return new Converted(
        store.update(key, preconditions, present -> stored(change.apply(new Converted(present)))));
  }

  @Override
  public Upserted<T> upsert(
      ObjectKey key, Preconditions preconditions, Function<@Nullable Stored<T>, Change<T>> change) {
    Upserted<S> upserted =
        store.upsert(key, preconditions, present -> stored(change.apply(converted(present))));
    return new Upserted<>(new Converted(upserted.stored()), upserted.created());
  }

  @Override
  public Stored<T> delete(
      ObjectKey key, Preconditions preconditions, Consumer<Stored<T>> validate) {
    return new Converted(
        store.delete(key, preconditions, present -> validate.accept(new Converted(present))));
  }

  @Override
  public ListPage<T> list(ListQuery<T> query) {
    ListPage<S> page =
        store.list(
            new ListQuery<>(
                stored(query.selection()), query.readAt(), query.limit(), query.continueToken()));
    return new ListPage<>(
        page.revision(),
        StoredList.of(page.items().stream().<Stored<T>>map(Converted::new).toList()),
        page.continueToken(),
        page.remainingItemCount());
  }

  @Override
  public Watcher<T> watch(WatchQuery<T> query) {
    Watcher<S> watcher =
        store.watch(new WatchQuery<>(stored(query.selection()), query.start(), query.bookmarks()));
    return new Watcher<>() {
      @Override
      public List<WatchEvent<T>> take(Duration atMost) throws InterruptedException {
        return watcher.take(atMost).stream()
            .map(event ->
                new WatchEvent<>(
                    event.type(),
                    converted(event.stored()),
                    event.revision(),
                    event.initialEventsEnd()))
            .toList();
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

  @Override
  public int count() {
    return store.count();
  }
}
