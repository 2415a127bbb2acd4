package dev.tiphys.api.merge;

import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.codec.JsonWriter;
import dev.tiphys.api.schema.Field;
import dev.tiphys.api.schema.Field.ListKind;
import dev.tiphys.api.schema.FieldType;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.schema.StructType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What tells the elements of one list apart: their key fields, or for a set their values. */
final class ListKeys {

  private final FieldType element;

  /** Sorted by name; null for a set. */
  private final Field @Nullable [] keys;

  private ListKeys(FieldType element, Field @Nullable [] keys) {
    this.element = element;
    this.keys = keys;
  }

  /** The keys of a list's elements, or null if the list is owned as a whole. */
  static @Nullable ListKeys of(Field field) {
    if (!(field.type() instanceof FieldType.ListOf list)) {
      return null;
    }
    if (field.listKind() == ListKind.SET) {
      return new ListKeys(list.element(), null);
    }
    if (field.listKind() != ListKind.MAP || !(list.element() instanceof FieldType.StructRef ref)) {
      return null;
    }
    StructType<?> type = ref.target().get();
    List<Field> keys = new ArrayList<>();
    for (String name : field.listMapKeys()) {
      Field key = type.field(name);
      if (key == null) {
        throw new IllegalStateException(type + " has no key field " + name);
      }
      keys.add(key);
    }
    keys.sort((one, other) -> one.name().compareTo(other.name()));
    return new ListKeys(list.element(), keys.toArray(new Field[0]));
  }

  boolean isSet() {
    return keys == null;
  }

  /** Something equal for elements that are one and the same to apply. */
  Object keyOf(Object element) {
    Field[] fields = keys;
    if (fields == null) {
      return element;
    }
    Struct struct = (Struct) element;
    if (fields.length == 1) {
      Object only = value(struct, fields[0]);
      return only == null ? "" : only;
    }
    @Nullable Object[] values = new @Nullable Object[fields.length];
    for (int i = 0; i < fields.length; i++) {
      values[i] = value(struct, fields[i]);
    }
    return Arrays.asList(values);
  }

  private static @Nullable Object value(Struct struct, Field key) {
    Object value = struct.get(key.index());
    return value == null ? key.defaultValue() : value;
  }

  /** The name of a key field that an element lacks and that has no default, or null. */
  @Nullable String missingKey(Object element) {
    Field[] fields = keys;
    if (fields != null) {
      for (Field field : fields) {
        if (value((Struct) element, field) == null) {
          return field.name();
        }
      }
    }
    return null;
  }

  /** The step into an element. */
  PathElement pathOf(Object element) {
    Field[] fields = keys;
    if (fields == null) {
      return new PathElement(
          PathElement.Kind.VALUE, JsonCodec.valueToString(this.element, element));
    }
    JsonWriter out = new JsonWriter(64);
    out.beginObject();
    for (Field field : fields) {
      Object value = value((Struct) element, field);
      if (value != null) {
        JsonCodec.writeValue(out.name(field.name()), field.type(), value);
      }
    }
    out.endObject();
    return new PathElement(PathElement.Kind.KEY, out.toString());
  }
}
