package dev.tiphys.api.schema;

import dev.tiphys.api.meta.v1.ObjectMeta;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A custom resource: an object whose type was made of its definition's schema at run time. Its
 * first field is the metadata; the others are trees. Immutable and thread-safe.
 */
public final class CustomObject implements ApiObject {

  private final DynamicStruct struct;

  /**
   * Makes an object.
   *
   * @param type whose field 0 is {@code metadata}
   * @param values one a field, by index; copied
   */
  public CustomObject(StructType<?> type, @Nullable Object[] values) {
    this(new DynamicStruct(type, withMetadata(values, values[0])));
  }

  private CustomObject(DynamicStruct struct) {
    this.struct = struct;
  }

  private static @Nullable Object[] withMetadata(
      @Nullable Object[] values, @Nullable Object metadata) {
    @Nullable Object[] changed = values.clone();
    changed[0] = metadata == null ? ObjectMeta.EMPTY : metadata;
    return changed;
  }

  @Override
  public ObjectMeta metadata() {
    return (ObjectMeta) Objects.requireNonNull(struct.get(0));
  }

  @Override
  public CustomObject withMetadata(ObjectMeta metadata) {
    return new CustomObject(struct.with(0, metadata));
  }

  @Override
  public StructType<?> structType() {
    return struct.structType();
  }

  @Override
  public @Nullable Object get(int index) {
    return struct.get(index);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CustomObject that && struct.equals(that.struct);
  }

  @Override
  public int hashCode() {
    return struct.hashCode();
  }

  @Override
  public String toString() {
    return structType().name() + " " + metadata().namespace() + "/" + metadata().name();
  }
}
