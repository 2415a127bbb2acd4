package dev.tiphys.api.schema;

import dev.tiphys.api.meta.v1.ObjectMeta;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A custom resource: an object whose type was made of its definition's schema at run time. Its
 * first field is the metadata; the others are trees. Immutable and thread-safe.
 */
public final class CustomObject implements ApiObject {

  private final StructType<?> type;
  private final @Nullable Object[] values;
  private final ObjectMeta metadata;

  /**
   * Makes an object.
   *
   * @param type whose field 0 is {@code metadata}
   * @param values one a field, by index; copied
   */
  public CustomObject(StructType<?> type, @Nullable Object[] values) {
    this.type = type;
    this.values = values.clone();
    this.metadata = values[0] == null ? ObjectMeta.EMPTY : (ObjectMeta) values[0];
    this.values[0] = metadata;
  }

  @Override
  public ObjectMeta metadata() {
    return metadata;
  }

  @Override
  public CustomObject withMetadata(ObjectMeta metadata) {
    @Nullable Object[] changed = values.clone();
    changed[0] = metadata;
    return new CustomObject(type, changed);
  }

  @Override
  public StructType<?> structType() {
    return type;
  }

  @Override
  public @Nullable Object get(int index) {
    return values[index];
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CustomObject that
        && type == that.type
        && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return type.name() + " " + metadata.namespace() + "/" + metadata.name();
  }
}
