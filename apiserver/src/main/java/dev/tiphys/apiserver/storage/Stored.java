package dev.tiphys.apiserver.storage;

import dev.tiphys.api.schema.ApiObject;

/**
 * An object as it is (or, for a deleted one, last was) in the store, shared by all who read it.
 * Immutable but for its encodings, which are made at most once each, by whoever asks first.
 * Thread-safe.
 *
 * @param <T> the type of the object
 */
public interface Stored<T extends ApiObject> {

  /** The object; its {@code metadata.resourceVersion} is {@link #revision}. */
  T object();

  /** The store's revision at which it became so. */
  long revision();

  /** The object's bytes in an encoding; made once and kept. Not to be changed. */
  byte[] encoded(Encoding<? super T> encoding);
}
