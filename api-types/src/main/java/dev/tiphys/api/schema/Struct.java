package dev.tiphys.api.schema;

import org.jspecify.annotations.Nullable;

/**
 * A value with named fields: a generated record, or a {@link DynamicStruct} where the schema is
 * only known at run time. Immutable and thread-safe.
 */
public interface Struct {

  /** The description of this value's fields. */
  StructType<?> structType();

  /**
   * The value of one field, in the Java type that {@link FieldType} documents.
   *
   * @param index {@link Field#index()} of a field of {@link #structType()}
   * @return null for an absent scalar or struct; an empty list or map for an absent one
   * @throws IndexOutOfBoundsException if the type has no such field
   */
  @Nullable Object get(int index);
}
