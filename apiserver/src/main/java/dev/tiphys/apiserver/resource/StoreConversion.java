package dev.tiphys.apiserver.resource;

import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.apiserver.storage.Change;
import dev.tiphys.apiserver.storage.Encoding;
import dev.tiphys.apiserver.storage.Selection;
import dev.tiphys.apiserver.storage.Stored;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How objects of one kind are seen as another, and written as the one. Thread-safe.
 *
 * @param <T> the kind that is seen
 * @param <S> the kind that is stored
 */
public interface StoreConversion<T extends ApiObject, S extends ApiObject> {

  /** What is stored of an object. */
  S toStored(T object);

  /** What is seen of an object that is stored. */
  T fromStored(S object);

  /** What is seen, of objects that are read or watched together. */
  List<Stored<T>> seen(List<Stored<S>> stored);

  /** What is seen of one. */
  default Stored<T> seen(Stored<S> stored) {
    return seen(List.of(stored)).getFirst();
  }

  /** Which stored objects are meant by a selection of those that are seen. */
  Selection<S> stored(Selection<T> selection);

  /**
   * What a change of what is seen makes of what is stored.
   *
   * @param before what is stored, or null
   * @param seen as what it was seen, or null
   */
  default Change<S> stored(Change<T> change, @Nullable Stored<S> before, @Nullable T seen) {
    return switch (change) {
      case Change.Put<T> put ->
          new Change.Put<>(
              // What was not changed is not converted there and back.
              before != null && put.object() == seen ? before.object() : toStored(put.object()),
              put.timeToLive());
      case Change.Delete<T> delete ->
          new Change.Delete<>(delete.lastState() == null ? null : toStored(delete.lastState()));
    };
  }

  /**
   * A stored object seen as another. Encoded forms are kept with what is stored, so each is still
   * made once.
   *
   * @param as makes the one of the other; each time it is asked for
   */
  record SeenAs<T extends ApiObject, S extends ApiObject>(Stored<S> stored, Function<S, T> as)
      implements Stored<T> {

    @Override
    public T object() {
      return as.apply(stored.object());
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
              return encoding.encode(as.apply(object));
            }
          });
    }
  }
}
