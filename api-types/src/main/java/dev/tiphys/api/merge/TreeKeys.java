package dev.tiphys.api.merge;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.codec.JsonWriter;
import dev.tiphys.api.schema.Field.ListKind;
import dev.tiphys.api.schema.TreeSchema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What tells the elements of a list apart whose schema was brought at run time. */
final class TreeKeys {

  private final TreeSchema list;

  /** Sorted; empty for a set. */
  private final List<String> names;

  private TreeKeys(TreeSchema list, List<String> names) {
    this.list = list;
    this.names = names;
  }

  /** The keys of a list's elements, or null if the list is owned as a whole. */
  static @Nullable TreeKeys of(@Nullable TreeSchema list) {
    if (list == null) {
      return null;
    }
    return switch (list.listKind()) {
      case SET -> new TreeKeys(list, List.of());
      case MAP -> new TreeKeys(list, list.listMapKeys().stream().sorted().toList());
      case ATOMIC, GRANULAR -> null;
    };
  }

  boolean isSet() {
    return list.listKind() == ListKind.SET;
  }

  /** The schema of the elements. */
  @Nullable TreeSchema element() {
    return list.items();
  }

  private @Nullable JsonTree value(JsonTree element, String name) {
    JsonTree value = element instanceof JsonTree.Obj object ? object.get(name) : null;
    TreeSchema items = list.items();
    TreeSchema key = items == null ? null : items.properties().get(name);
    return value == null && key != null ? key.defaultValue() : value;
  }

  /** The name of a key field that an element lacks and that has no default, or null. */
  @Nullable String missingKey(JsonTree element) {
    for (String name : names) {
      if (value(element, name) == null) {
        return name;
      }
    }
    return null;
  }

  /** The step into an element: equal for elements that are one and the same to apply. */
  PathElement pathOf(JsonTree element) {
    if (isSet()) {
      return new PathElement(PathElement.Kind.VALUE, element.toJson());
    }
    JsonWriter out = new JsonWriter(64);
    out.beginObject();
    for (String name : names) {
      JsonTree value = value(element, name);
      if (value != null) {
        value.writeTo(out.name(name));
      }
    }
    out.endObject();
    return new PathElement(PathElement.Kind.KEY, out.toString());
  }
}
