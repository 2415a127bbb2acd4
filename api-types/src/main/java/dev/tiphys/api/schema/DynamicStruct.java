package dev.tiphys.api.schema;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A struct whose type is only known at run time: the value of a custom resource. */
public final class DynamicStruct implements Struct {

  private final StructType<?> type;
  private final @Nullable Object[] values;

  /**
   * Makes a value of a type.
   *
   * @param values one a field, by index; copied
   */
  public DynamicStruct(StructType<?> type, @Nullable Object[] values) {
    this.type = type;
    this.values = values.clone();
    for (Field field : type.fields()) {
      if (this.values[field.index()] == null) {
        this.values[field.index()] = absent(field.type());
      }
    }
  }

  private static @Nullable Object absent(FieldType type) {
    return switch (type) {
      case FieldType.ListOf _ -> List.of();
      case FieldType.MapOf _ -> Map.of();
      default -> null;
    };
  }

  /** The same with another value of one field. */
  DynamicStruct with(int index, Object value) {
    @Nullable Object[] changed = values.clone();
    changed[index] = value;
    return new DynamicStruct(type, changed);
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
    return other instanceof DynamicStruct that
        && type == that.type
        && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return type.name() + Arrays.toString(values);
  }
}
