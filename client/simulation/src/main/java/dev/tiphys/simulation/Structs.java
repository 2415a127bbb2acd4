package dev.tiphys.simulation;

import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.Field;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.selector.FieldSelector;
import dev.tiphys.api.selector.LabelSelectors;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Editing of objects of any kind, field by field. */
final class Structs {

  private Structs() {}

  /** The value of a field, or null if it is absent or there is no such field. */
  static @Nullable Object get(Struct struct, String field) {
    Field found = struct.structType().field(field);
    return found == null ? null : struct.get(found.index());
  }

  /** A copy with another value in a field; the same if there is no such field. */
  @SuppressWarnings("unchecked")
  static <T extends Struct> T with(T struct, String field, @Nullable Object value) {
    Field found = struct.structType().field(field);
    if (found == null) {
      return struct;
    }
    List<Field> fields = struct.structType().fields();
    @Nullable Object[] values = new @Nullable Object[fields.size()];
    for (Field each : fields) {
      values[each.index()] = struct.get(each.index());
    }
    values[found.index()] = value;
    return (T) struct.structType().create(values);
  }

  @SuppressWarnings("unchecked")
  static <T extends ApiObject> T withMetadata(T object, ObjectMeta metadata) {
    return (T) object.withMetadata(metadata);
  }

  /** Whether two objects have the same desired state: all but metadata and status. */
  static boolean sameDesire(Struct one, Struct other) {
    for (Field field : one.structType().fields()) {
      boolean desire = !field.name().equals("metadata") && !field.name().equals("status");
      if (desire && !Objects.equals(one.get(field.index()), other.get(field.index()))) {
        return false;
      }
    }
    return true;
  }

  /** Whether the object's labels and fields are selected. */
  static boolean selected(
      ApiObject object, @Nullable String labelSelector, @Nullable String fieldSelector) {
    boolean byLabel =
        labelSelector == null
            || LabelSelectors.parse(labelSelector).matches(object.metadata().labels());
    return byLabel
        && (fieldSelector == null
            || FieldSelector.parse(fieldSelector).matches(path -> text(object, path)));
  }

  private static @Nullable String text(Struct struct, String path) {
    Object value = struct;
    for (String name : path.split("\\.")) {
      value = value instanceof Struct inner ? get(inner, name) : null;
    }
    return value == null ? null : value.toString();
  }
}
