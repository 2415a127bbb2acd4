package dev.tiphys.apiserver.storage;

import dev.tiphys.api.schema.ApiObject;

/**
 * How objects of a resource are written as values of the store. Thread-safe.
 *
 * @param <T> the type of the objects
 */
public interface ObjectCodec<T extends ApiObject> {

  /** Writes an object, which carries no resourceVersion here. */
  byte[] encode(T object);

  /**
   * Reads a value that we or upstream have written: protobuf in the {@code k8s\0} envelope, or
   * JSON.
   *
   * @throws IllegalArgumentException if it is neither, or broken
   */
  T decode(byte[] value);
}
