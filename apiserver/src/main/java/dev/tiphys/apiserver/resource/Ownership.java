package dev.tiphys.apiserver.resource;

import dev.tiphys.api.schema.ApiObject;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Keeps {@code metadata.managedFields}: which manager set which fields. */
final class Ownership {

  private Ownership() {}

  /**
   * The object with the fields that a write changed given to its manager.
   *
   * @param old null on create
   * @param subresource by which it is written; empty for the object itself
   */
  static <T extends ApiObject> T tracked(
      T object, @Nullable T old, String manager, String subresource, Instant now) {
    return object;
  }
}
