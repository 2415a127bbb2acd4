package dev.tiphys.api.merge;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.schema.Field;
import dev.tiphys.api.schema.FieldType;
import dev.tiphys.api.schema.Struct;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Fills absent fields with the values that their schema gives them, in every struct that an object
 * holds. Defaults that depend on other fields are a kind's strategy's to add.
 */
public final class Defaults {

  private Defaults() {}

  /** The struct with defaults; the same instance if it lacks none. */
  @SuppressWarnings("unchecked")
  public static <T extends Struct> T apply(T struct) {
    return (T) struct(struct);
  }

  private static Struct struct(Struct struct) {
    StructEdit<?> edit = StructEdit.of(struct);
    List<Field> fields = struct.structType().fields();
    for (int i = 0; i < fields.size(); i++) {
      Field field = fields.get(i);
      Object value = struct.get(i);
      if (field.type() instanceof FieldType.Tree tree) {
        edit.set(i, TreeDefaults.member(tree.schema(), (JsonTree) value));
        continue;
      }
      Object defaultValue = field.defaultValue();
      if (defaultValue != null && StructEdit.isAbsent(value)) {
        value = defaultValue;
      }
      if (value != null) {
        edit.set(i, value(field.type(), value));
      }
    }
    return edit.done();
  }

  private static Object value(FieldType type, Object value) {
    return switch (type) {
      case FieldType.StructRef _ -> struct((Struct) value);
      case FieldType.ListOf list when holdsStructs(list.element()) ->
          list(list.element(), (List<?>) value);
      case FieldType.MapOf map when holdsStructs(map.value()) ->
          map(map.value(), (Map<?, ?>) value);
      default -> value;
    };
  }

  private static boolean holdsStructs(FieldType type) {
    return switch (type) {
      case FieldType.Scalar _, FieldType.Tree _ -> false;
      case FieldType.StructRef _ -> true;
      case FieldType.ListOf list -> holdsStructs(list.element());
      case FieldType.MapOf map -> holdsStructs(map.value());
    };
  }

  private static List<?> list(FieldType element, List<?> list) {
    List<Object> changed = null;
    for (int i = 0; i < list.size(); i++) {
      Object old = list.get(i);
      Object filled = value(element, old);
      if (filled != old && changed == null) {
        changed = new ArrayList<>(list);
      }
      if (changed != null) {
        changed.set(i, filled);
      }
    }
    return changed == null ? list : changed;
  }

  private static Map<?, ?> map(FieldType valueType, Map<?, ?> map) {
    Map<Object, Object> changed = null;
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      Object filled = value(valueType, entry.getValue());
      if (filled != entry.getValue()) {
        if (changed == null) {
          changed = new LinkedHashMap<>(map);
        }
        changed.put(entry.getKey(), filled);
      }
    }
    return changed == null ? map : changed;
  }
}
