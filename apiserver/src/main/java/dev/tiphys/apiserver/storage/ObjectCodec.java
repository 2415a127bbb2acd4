package dev.tiphys.apiserver.storage;

import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.GroupVersionKind;
import dev.tiphys.api.schema.StructType;

/**
 * How objects of a resource are written as values of the store. Thread-safe.
 *
 * @param <T> the type of the objects
 */
public interface ObjectCodec<T extends ApiObject> {

  /**
   * Whether objects of a type have the protobuf form that upstream gives them. Custom resources
   * have none; definitions of them have one that says less than their JSON, so nobody uses it.
   */
  static boolean hasProtobuf(StructType<?> type) {
    GroupVersionKind kind = type.kind();
    return !type.isDynamic()
        && !(kind != null && kind.group().equals("apiextensions.k8s.io"))
        && type.fields().stream().allMatch(field -> field.number() > 0);
  }

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
