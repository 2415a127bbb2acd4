package dev.tiphys.apiserver.conversion;

import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.Field;
import dev.tiphys.api.schema.FieldType;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.schema.StructType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Converts between versions whose fields have the same names: field by field, all the way down. A
 * struct that only one of the versions wraps around some fields (a device's {@code basic}, a
 * request's {@code exactly}) is taken off or put on. Pure.
 */
final class StructConversion {

  /** Structs that some versions have around fields that others have without it. */
  private static final Set<String> WRAPPERS = Set.of("basic", "exactly");

  private StructConversion() {}

  /** An object as another version of its kind. */
  static <T extends ApiObject> T convert(ApiObject object, StructType<T> to) {
    return struct(object, to);
  }

  private static <T extends Struct> T struct(Struct from, StructType<T> to) {
    @Nullable Object[] values = new @Nullable Object[to.fields().size()];
    for (Field field : to.fields()) {
      Object value = valueOf(from, field.name());
      if (value == null && isWrapper(field) && from.structType().field(field.name()) == null) {
        value = wrapped(from, field);
      }
      values[field.index()] = value == null ? null : convert(value, field.type());
    }
    return to.create(values);
  }

  /** A field's value, perhaps from within a wrapper. */
  private static @Nullable Object valueOf(Struct from, String name) {
    Field own = from.structType().field(name);
    if (own != null) {
      return from.get(own.index());
    }
    for (String wrapper : WRAPPERS) {
      Field outer = from.structType().field(wrapper);
      if (outer != null && from.get(outer.index()) instanceof Struct inner) {
        Field field = inner.structType().field(name);
        return field == null ? null : inner.get(field.index());
      }
    }
    return null;
  }

  private static boolean isWrapper(Field field) {
    return WRAPPERS.contains(field.name()) && field.type() instanceof FieldType.StructRef;
  }

  /** The wrapper around fields that the source has bare; null if it has none of them. */
  private static @Nullable Struct wrapped(Struct from, Field wrapper) {
    StructType<?> inner = ((FieldType.StructRef) wrapper.type()).target().get();
    Struct made = struct(from, inner);
    Struct empty = inner.create(new @Nullable Object[inner.fields().size()]);
    return made.equals(empty) ? null : made;
  }

  private static Object convert(Object value, FieldType to) {
    return switch (to) {
      case FieldType.Scalar _, FieldType.Tree _ -> value;
      case FieldType.StructRef ref -> {
        StructType<?> target = ref.target().get();
        Struct struct = (Struct) value;
        yield struct.structType() == target ? struct : struct(struct, target);
      }
      case FieldType.ListOf list -> {
        List<Object> converted = new ArrayList<>();
        ((List<?>) value).forEach(element -> converted.add(convert(element, list.element())));
        yield converted;
      }
      case FieldType.MapOf map -> {
        Map<String, Object> converted = new LinkedHashMap<>();
        ((Map<?, ?>) value)
            .forEach((key, entry) -> converted.put((String) key, convert(entry, map.value())));
        yield converted;
      }
    };
  }
}
