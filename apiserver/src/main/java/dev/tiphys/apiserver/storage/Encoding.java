package dev.tiphys.apiserver.storage;

import dev.tiphys.api.schema.ApiObject;

/**
 * A way to write objects of a resource, as {@code v1 JSON}. Two encodings of a resource are the
 * same if their slots are; make each once and keep it. Thread-safe.
 *
 * @param <T> the type of the objects
 */
public interface Encoding<T extends ApiObject> {

  /** How many encodings of one resource are kept with an object: slots 0 to 7. */
  int SLOTS = 8;

  /**
   * Where the bytes are kept.
   *
   * @return 0 to {@link #SLOTS} - 1; or -1 not to keep them, for what is rarely asked for
   */
  int slot();

  /** Writes an object. */
  byte[] encode(T object);
}
