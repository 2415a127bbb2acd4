package dev.tiphys.apiserver.storage;

import dev.tiphys.api.schema.ApiObject;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The objects of one resource. All methods block and are to be called on virtual threads.
 * Thread-safe.
 *
 * <p>Every method may throw {@link StorageException.Unavailable} and {@link
 * StorageException.Corrupt} besides those named.
 *
 * @param <T> the type of the objects
 */
public interface ResourceStore<T extends ApiObject> {

  /**
   * Writes a new object.
   *
   * @param object with all of its metadata but the resourceVersion, which is ignored
   * @param timeToLive after which the store deletes it; null for never
   * @return the object with its resourceVersion
   * @throws StorageException.AlreadyExists if there is one under that key
   */
  Stored<T> create(ObjectKey key, T object, @Nullable Duration timeToLive);

  /**
   * Reads one object.
   *
   * @param readAt not {@link ReadAt.Exact}
   * @throws StorageException.NotFound if there is none
   * @throws StorageException.RevisionTooLarge if that fresh a state does not come in time
   */
  Stored<T> get(ObjectKey key, ReadAt readAt);

  /** As {@link #get}, but null if there is none. */
  @Nullable Stored<T> find(ObjectKey key, ReadAt readAt);

  /**
   * Changes an object. The function makes of the current state the next; when another writer was
   * faster it is called again with the newer state, so it must be pure. It is first called with a
   * cached state that may be old: what it throws then counts only if the state turns out to be
   * current.
   *
   * @param change throws what the caller is to get if the change may not be made
   * @return the object after it; of a deletion, its last state under the revision of the deletion
   * @throws StorageException.NotFound if there is none
   * @throws StorageException.Conflict if a precondition does not hold, or others were faster {@link
   *     Limits#UPDATE_ATTEMPTS} times
   */
  Stored<T> update(
      ObjectKey key, Preconditions preconditions, Function<Stored<T>, Change<T>> change);

  /**
   * Changes an object or creates it if there is none: server-side apply and PUT of kinds that may
   * be created so.
   *
   * @param change as in {@link #update}; gets null if there is none, and answers with a {@link
   *     Change.Put} then
   * @throws StorageException.Conflict as {@link #update}
   */
  Upserted<T> upsert(
      ObjectKey key, Preconditions preconditions, Function<@Nullable Stored<T>, Change<T>> change);

  /**
   * What {@link #upsert} did.
   *
   * @param stored the object after it
   * @param created whether there was none before
   */
  record Upserted<T extends ApiObject>(Stored<T> stored, boolean created) {}

  /**
   * Deletes an object.
   *
   * @param validate throws if it may not be deleted as it is; called as the function of {@link
   *     #update}
   * @return its last state under the revision of the deletion
   * @throws StorageException.NotFound if there is none
   * @throws StorageException.Conflict if a precondition does not hold
   */
  Stored<T> delete(ObjectKey key, Preconditions preconditions, Consumer<Stored<T>> validate);

  /**
   * Reads a list. From the cache wherever it can answer, else from the store's history.
   *
   * @throws StorageException.Expired if the revision of the query or token is gone
   * @throws StorageException.RevisionTooLarge if it has not come yet
   * @throws StorageException.Malformed if the continue token is not ours
   */
  ListPage<T> list(ListQuery<T> query);

  /**
   * Begins a watch.
   *
   * @throws StorageException.Expired if it is to begin at a revision no longer in history
   * @throws StorageException.RevisionTooLarge if it is to begin with a state that has not come yet
   */
  Watcher<T> watch(WatchQuery<T> query);

  /** How many objects there are, at about now, without asking the store. */
  int count();
}
