package dev.tiphys.apiserver.storage;

import dev.tiphys.api.schema.ApiObject;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes objects of a resource under optimistic locking: every write names the revision that it was
 * made from, and is made anew from what is there if another was faster. Thread-safe.
 */
final class ObjectWriter<T extends ApiObject> {

  private final ResourceSpec<T> spec;
  private final Etcd etcd;
  private final ConditionalWrites writes;
  private final WatchCache<T> cache;
  private final Leases leases;

  ObjectWriter(
      ResourceSpec<T> spec,
      Etcd etcd,
      ConditionalWrites writes,
      WatchCache<T> cache,
      Leases leases) {
    this.spec = spec;
    this.etcd = etcd;
    this.writes = writes;
    this.cache = cache;
    this.leases = leases;
  }

  /**
   * Where a write starts from.
   *
   * @param object null if there is none
   * @param fresh whether it was read from the store just now; else it may be old
   */
  private record Base<T extends ApiObject>(@Nullable StoredObject<T> object, boolean fresh) {
    long revision() {
      return object == null ? 0 : object.revision();
    }
  }

  StoredObject<T> create(ObjectKey key, T object, @Nullable Duration timeToLive) {
    return switch (put(key, object, 0, timeToLive)) {
      case Outcome.Done<T>(StoredObject<T> stored) -> stored;
      case Outcome.Raced<T> _ -> throw new StorageException.AlreadyExists(fullKey(key));
    };
  }

  StoredObject<T> update(
      ObjectKey key, Preconditions preconditions, Function<Stored<T>, Change<T>> change) {
    return change(
            key,
            preconditions,
            current -> {
              if (current == null) {
                throw new StorageException.NotFound(fullKey(key));
              }
              return change.apply(current);
            })
        .stored();
  }

  ChangedObject<T> upsert(
      ObjectKey key, Preconditions preconditions, Function<@Nullable Stored<T>, Change<T>> change) {
    return change(key, preconditions, change);
  }

  StoredObject<T> delete(ObjectKey key, Preconditions preconditions, Consumer<Stored<T>> validate) {
    return update(
        key,
        preconditions,
        current -> {
          validate.accept(current);
          return new Change.Delete<>(null);
        });
  }

  /**
   * What a change came to.
   *
   * @param stored the object after it
   * @param created whether there was none before
   */
  record ChangedObject<T extends ApiObject>(StoredObject<T> stored, boolean created) {}

  private sealed interface Outcome<T extends ApiObject> {
    record Done<T extends ApiObject>(StoredObject<T> stored) implements Outcome<T> {}

    record Raced<T extends ApiObject>(@Nullable StoredObject<T> current) implements Outcome<T> {}
  }

  private ChangedObject<T> change(
      ObjectKey key, Preconditions preconditions, Function<@Nullable Stored<T>, Change<T>> change) {
    StoredObject<T> cached = cache.peek(key.path());
    Base<T> base = cached == null ? read(key) : new Base<>(cached, false);
    for (int attempt = 0; attempt < Limits.UPDATE_ATTEMPTS; attempt++) {
      Change<T> wanted;
      try {
        check(key, preconditions, base.object());
        wanted = change.apply(base.object());
      } catch (RuntimeException e) {
        Base<T> now = base.fresh() ? base : read(key);
        if (now.revision() == base.revision()) {
          throw e;
        }
        base = now;
        continue;
      }
      if (changesNothing(base, wanted)) {
        Base<T> now = base.fresh() ? base : read(key);
        if (now.revision() == base.revision()) {
          return new ChangedObject<>(Objects.requireNonNull(base.object()), false);
        }
        base = now;
        continue;
      }
      switch (attempt(key, base, wanted)) {
        case Outcome.Done<T>(StoredObject<T> stored) -> {
          return new ChangedObject<>(stored, base.object() == null);
        }
        case Outcome.Raced<T>(StoredObject<T> current) -> base = new Base<>(current, true);
      }
    }
    throw new StorageException.Conflict(
        "the object has been modified; please apply your changes to the latest version and try"
            + " again");
  }

  private Outcome<T> attempt(ObjectKey key, Base<T> base, Change<T> wanted) {
    StoredObject<T> current = base.object();
    return switch (wanted) {
      case Change.Put<T>(T object, Duration timeToLive) ->
          put(key, object, base.revision(), timeToLive);
      case Change.Delete<T>(T lastState) -> {
        if (current == null) {
          throw new StorageException.NotFound(fullKey(key));
        }
        yield switch (writes.delete(fullKey(key), current.revision())) {
          case Etcd.Written.Done(long revision) ->
              new Outcome.Done<>(
                  StoredObject.of(
                      key.path(), lastState == null ? current.object() : lastState, revision));
          case Etcd.Written.Refused(Entry there) -> new Outcome.Raced<>(decoded(key, there));
        };
      }
    };
  }

  private Outcome<T> put(ObjectKey key, T object, long expected, @Nullable Duration timeToLive) {
    long lease = timeToLive == null ? 0 : leases.lastingFor(timeToLive);
    byte[] value = spec.codec().encode(withoutVersion(object));
    return switch (writes.put(fullKey(key), expected, value, lease)) {
      case Etcd.Written.Done(long revision) -> {
        StoredObject<T> stored = StoredObject.of(key.path(), object, revision);
        cache.written(stored);
        yield new Outcome.Done<>(stored);
      }
      case Etcd.Written.Refused(Entry there) -> new Outcome.Raced<>(decoded(key, there));
    };
  }

  private boolean changesNothing(Base<T> base, Change<T> wanted) {
    StoredObject<T> current = base.object();
    return current != null
        && wanted instanceof Change.Put<T>(T object, Duration timeToLive)
        && timeToLive == null
        && withoutVersion(object).equals(withoutVersion(current.object()));
  }

  @SuppressWarnings("unchecked") // An object with other metadata is of the same type.
  private T withoutVersion(T object) {
    return object.metadata().resourceVersion() == null
        ? object
        : (T) object.withMetadata(object.metadata().withResourceVersion(null));
  }

  private void check(ObjectKey key, Preconditions wanted, @Nullable StoredObject<T> current) {
    if (current == null) {
      if (wanted.uid() != null || wanted.resourceVersion() != null) {
        throw new StorageException.NotFound(fullKey(key));
      }
      return;
    }
    String uid = current.object().metadata().uid();
    if (wanted.uid() != null && !wanted.uid().equals(uid)) {
      throw failed("UID", wanted.uid(), uid);
    }
    String version = Long.toString(current.revision());
    if (wanted.resourceVersion() != null && !wanted.resourceVersion().equals(version)) {
      throw failed("ResourceVersion", wanted.resourceVersion(), version);
    }
  }

  private static StorageException.Conflict failed(
      String what, String wanted, @Nullable String found) {
    return new StorageException.Conflict(
        "Precondition failed: %s in precondition: %s, %s in object meta: %s"
            .formatted(what, wanted, what, found == null ? "" : found));
  }

  private Base<T> read(ObjectKey key) {
    return new Base<>(decoded(key, etcd.get(fullKey(key))), true);
  }

  private @Nullable StoredObject<T> decoded(ObjectKey key, @Nullable Entry entry) {
    return entry == null ? null : Decoding.of(spec, key.path(), entry);
  }

  private String fullKey(ObjectKey key) {
    return spec.keyPrefix() + key.path();
  }
}
