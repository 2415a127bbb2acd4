package dev.tiphys.api.merge;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.schema.TreeSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The part of {@link Defaults} below a field whose schema was brought at run time. A null that the
 * schema does not allow counts as absent: it takes the default, or goes.
 */
public final class TreeDefaults {

  private TreeDefaults() {}

  /** A value with defaults; the same instance if it lacks none. */
  static @Nullable JsonTree member(TreeSchema schema, @Nullable JsonTree value) {
    JsonTree filled = value;
    if (value == null || value instanceof JsonTree.Null && !schema.isNullable()) {
      filled = schema.defaultValue();
    }
    return filled == null ? null : apply(schema, filled);
  }

  /** A value with defaults below it; the same instance if it lacks none. */
  public static JsonTree apply(TreeSchema schema, JsonTree value) {
    return switch (value) {
      case JsonTree.Obj object -> object(schema, object);
      case JsonTree.Arr list -> list(schema, list);
      default -> value;
    };
  }

  private static JsonTree object(TreeSchema schema, JsonTree.Obj object) {
    Map<String, JsonTree> changed = null;
    for (Map.Entry<String, JsonTree> entry : object.members().entrySet()) {
      TreeSchema member = schema.member(entry.getKey());
      JsonTree filled = member == null ? entry.getValue() : member(member, entry.getValue());
      if (filled != entry.getValue()) {
        changed = changed == null ? new TreeMap<>(object.members()) : changed;
        if (filled == null) {
          changed.remove(entry.getKey());
        } else {
          changed.put(entry.getKey(), filled);
        }
      }
    }
    for (Map.Entry<String, TreeSchema> property : schema.properties().entrySet()) {
      if (object.get(property.getKey()) == null) {
        JsonTree filled = member(property.getValue(), null);
        if (filled != null) {
          changed = changed == null ? new TreeMap<>(object.members()) : changed;
          changed.put(property.getKey(), filled);
        }
      }
    }
    return changed == null ? object : new JsonTree.Obj(changed);
  }

  private static JsonTree list(TreeSchema schema, JsonTree.Arr list) {
    TreeSchema items = schema.items();
    if (items == null) {
      return list;
    }
    List<JsonTree> filled = new ArrayList<>(list.elements().size());
    boolean same = true;
    for (JsonTree element : list.elements()) {
      JsonTree made = member(items, element);
      // An element cannot go: what the schema does not allow stays, to be refused.
      filled.add(made == null ? element : made);
      same &= filled.getLast() == element;
    }
    return same ? list : new JsonTree.Arr(filled);
  }
}
