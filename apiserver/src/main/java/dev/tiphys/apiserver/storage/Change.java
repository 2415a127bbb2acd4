package dev.tiphys.apiserver.storage;

import dev.tiphys.api.schema.ApiObject;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What an update makes of an object.
 *
 * @param <T> the type of the object
 */
public sealed interface Change<T extends ApiObject> {

  /**
   * Write this in its place. Writing what is already there changes nothing, not even its revision.
   *
   * @param object its resourceVersion is ignored
   * @param timeToLive after which the store deletes it; null for never
   */
  record Put<T extends ApiObject>(T object, @Nullable Duration timeToLive) implements Change<T> {
    /** Writes an object that stays. */
    public Put(T object) {
      this(object, null);
    }
  }

  /**
   * Delete it, as when its last finalizer has gone.
   *
   * @param lastState how it is to be shown in its deletion; null for as it is
   */
  record Delete<T extends ApiObject>(@Nullable T lastState) implements Change<T> {}
}
