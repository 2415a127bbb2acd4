package dev.tiphys.apiserver.resource;

import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.apiserver.storage.Stored;
import org.jspecify.annotations.Nullable;

/**
 * What a write made.
 *
 * @param object as it is now, or would be after a dry run
 * @param stored the same with its encoded forms; null after a dry run
 * @param created whether it is new
 */
public record Written<T extends ApiObject>(T object, @Nullable Stored<T> stored, boolean created) {

  static <T extends ApiObject> Written<T> of(Stored<T> stored, boolean created) {
    return new Written<>(stored.object(), stored, created);
  }

  static <T extends ApiObject> Written<T> dryRun(T object, boolean created) {
    return new Written<>(object, null, created);
  }
}
