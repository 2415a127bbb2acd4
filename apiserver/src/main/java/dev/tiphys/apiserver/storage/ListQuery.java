package dev.tiphys.apiserver.storage;

import dev.tiphys.api.schema.ApiObject;
import org.jspecify.annotations.Nullable;

/**
 * A list to be read.
 *
 * @param selection which objects
 * @param readAt at which revision; must be {@link ReadAt#LATEST} with a continue token
 * @param limit the most objects to return; 0 for all
 * @param continueToken of the page before, or null
 */
public record ListQuery<T extends ApiObject>(
    Selection<T> selection, ReadAt readAt, int limit, @Nullable String continueToken) {

  /** All that a selection means, as fresh as can be. */
  public static <T extends ApiObject> ListQuery<T> latest(Selection<T> selection) {
    return new ListQuery<>(selection, ReadAt.LATEST, 0, null);
  }
}
