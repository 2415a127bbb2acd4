package dev.tiphys.apiserver.extension;

import dev.tiphys.api.schema.CustomObject;
import dev.tiphys.api.schema.StructType;
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
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The objects of a custom resource in one of its versions, whatever version each is stored in. What
 * is in that version already passes as it is; of the rest, what is read or watched together is
 * converted together. Thread-safe.
 */
final class VersionStore implements ResourceStore<CustomObject> {

  private final ResourceStore<CustomObject> store;
  private final StructType<CustomObject> served;
  private final StructType<CustomObject> storage;
  private final Converter converter;
  private final boolean selectsByFields;

  /**
   * Sees a store in a version.
   *
   * @param served the version seen
   * @param storage the version written
   * @param selectsByFields whether selectors look at more than metadata, which all versions share
   */
  VersionStore(
      ResourceStore<CustomObject> store,
      StructType<CustomObject> served,
      StructType<CustomObject> storage,
      Converter converter,
      boolean selectsByFields) {
    this.store = store;
    this.served = served;
    this.storage = storage;
    this.converter = converter;
    this.selectsByFields = selectsByFields;
  }

  private CustomObject to(StructType<CustomObject> version, CustomObject object) {
    return object.structType() == version
        ? object
        : converter.convert(List.of(object), version).getFirst();
  }

  /** An object that is stored in another version. */
  private record Converted(Stored<CustomObject> stored, CustomObject object)
      implements Stored<CustomObject> {

    @Override
    public long revision() {
      return stored.revision();
    }

    @Override
    public byte[] encoded(Encoding<? super CustomObject> encoding) {
      return stored.encoded(
          new Encoding<CustomObject>() {
            @Override
            public int slot() {
              return encoding.slot();
            }

            @Override
            public byte[] encode(CustomObject unconverted) {
              return encoding.encode(object);
            }
          });
    }
  }

  private Stored<CustomObject> seen(Stored<CustomObject> stored) {
    return stored.object().structType() == served
        ? stored
        : new Converted(stored, to(served, stored.object()));
  }

  private List<Stored<CustomObject>> seen(List<Stored<CustomObject>> stored) {
    List<CustomObject> others =
        stored.stream().map(Stored::object).filter(o -> o.structType() != served).toList();
    if (others.isEmpty()) {
      return stored;
    }
    var converted = converter.convert(others, served).iterator();
    List<Stored<CustomObject>> seen = new ArrayList<>(stored.size());
    for (Stored<CustomObject> one : stored) {
      seen.add(one.object().structType() == served ? one : new Converted(one, converted.next()));
    }
    return seen;
  }

  private Change<CustomObject> written(
      Change<CustomObject> change, @Nullable Stored<CustomObject> before, @Nullable Object seen) {
    return switch (change) {
      case Change.Put<CustomObject> put ->
          new Change.Put<>(
              before != null && put.object() == seen ? before.object() : to(storage, put.object()),
              put.timeToLive());
      case Change.Delete<CustomObject> delete ->
          new Change.Delete<>(delete.lastState() == null ? null : to(storage, delete.lastState()));
    };
  }

  private Selection<CustomObject> selection(Selection<CustomObject> selection) {
    var matches = selection.matches();
    if (matches == null || !selectsByFields) {
      return selection;
    }
    return new Selection<>(
        selection.namespace(), selection.name(), null, object -> matches.test(to(served, object)));
  }

  @Override
  public Stored<CustomObject> create(
      ObjectKey key, CustomObject object, @Nullable Duration timeToLive) {
    return seen(store.create(key, to(storage, object), timeToLive));
  }

  @Override
  public Stored<CustomObject> get(ObjectKey key, ReadAt readAt) {
    return seen(store.get(key, readAt));
  }

  @Override
  public @Nullable Stored<CustomObject> find(ObjectKey key, ReadAt readAt) {
    Stored<CustomObject> found = store.find(key, readAt);
    return found == null ? null : seen(found);
  }

  @Override
  public Stored<CustomObject> update(
      ObjectKey key,
      Preconditions preconditions,
      Function<Stored<CustomObject>, Change<CustomObject>> change) {
    return seen(
        store.update(
            key,
            preconditions,
            present -> {
              Stored<CustomObject> seen = seen(present);
              return written(change.apply(seen), present, seen.object());
            }));
  }

  @Override
  public Upserted<CustomObject> upsert(
      ObjectKey key,
      Preconditions preconditions,
      Function<@Nullable Stored<CustomObject>, Change<CustomObject>> change) {
    Upserted<CustomObject> upserted =
        store.upsert(
            key,
            preconditions,
            present -> {
              Stored<CustomObject> seen = present == null ? null : seen(present);
              return written(change.apply(seen), present, seen == null ? null : seen.object());
            });
    return new Upserted<>(seen(upserted.stored()), upserted.created());
  }

  @Override
  public Stored<CustomObject> delete(
      ObjectKey key, Preconditions preconditions, Consumer<Stored<CustomObject>> validate) {
    return seen(store.delete(key, preconditions, present -> validate.accept(seen(present))));
  }

  @Override
  public ListPage<CustomObject> list(ListQuery<CustomObject> query) {
    ListPage<CustomObject> page =
        store.list(
            new ListQuery<>(
                selection(query.selection()),
                query.readAt(),
                query.limit(),
                query.continueToken()));
    return new ListPage<>(
        page.revision(),
        StoredList.of(seen(page.items())),
        page.continueToken(),
        page.remainingItemCount());
  }

  @Override
  public Watcher<CustomObject> watch(WatchQuery<CustomObject> query) {
    Watcher<CustomObject> watcher =
        store.watch(
            new WatchQuery<>(selection(query.selection()), query.start(), query.bookmarks()));
    return new Watcher<>() {
      @Override
      public List<WatchEvent<CustomObject>> take(Duration atMost) throws InterruptedException {
        return watcher.take(atMost).stream().map(event -> seenEvent(event)).toList();
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

  private WatchEvent<CustomObject> seenEvent(WatchEvent<CustomObject> event) {
    Stored<CustomObject> stored = event.stored();
    return stored == null || stored.object().structType() == served
        ? event
        : new WatchEvent<>(event.type(), seen(stored), event.revision(), event.initialEventsEnd());
  }

  @Override
  public int count() {
    return store.count();
  }
}
