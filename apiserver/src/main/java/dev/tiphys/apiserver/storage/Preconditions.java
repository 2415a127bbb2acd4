package dev.tiphys.apiserver.storage;

import org.jspecify.annotations.Nullable;

/**
 * What must hold of an object for it to be changed.
 *
 * @param uid null for any
 * @param resourceVersion null for any
 */
public record Preconditions(@Nullable String uid, @Nullable String resourceVersion) {

  /** Whatever it is. */
  public static final Preconditions NONE = new Preconditions(null, null);
}
