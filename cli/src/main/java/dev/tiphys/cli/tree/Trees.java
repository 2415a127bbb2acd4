package dev.tiphys.cli.tree;

import dev.tiphys.api.codec.JsonTree;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes trees, and changed copies of trees. */
public final class Trees {

  private Trees() {}

  /**
   * An object of names and values in turn; members without a value are left out.
   *
   * @param namesAndValues values as {@link #of} takes them
   */
  public static JsonTree.Obj object(@Nullable Object... namesAndValues) {
    Map<String, JsonTree> members = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      Object value = namesAndValues[i + 1];
      if (value != null) {
        members.put(String.valueOf(namesAndValues[i]), of(value));
      }
    }
    return new JsonTree.Obj(members);
  }

  /** A list of values as {@link #of} takes them. */
  public static JsonTree.Arr list(Object... values) {
    return new JsonTree.Arr(Arrays.stream(values).map(Trees::of).toList());
  }

  /** The tree of a tree, text, number, boolean, list or map. */
  public static JsonTree of(@Nullable Object value) {
    return switch (value) {
      case null -> JsonTree.Null.NULL;
      case JsonTree tree -> tree;
      case View view -> view.tree();
      case String text -> new JsonTree.Text(text);
      case Number number -> new JsonTree.Num(number.toString());
      case Boolean truth -> new JsonTree.Bool(truth);
      case Collection<?> elements -> new JsonTree.Arr(elements.stream().map(Trees::of).toList());
      case Map<?, ?> map -> {
        Map<String, JsonTree> members = new LinkedHashMap<>();
        map.forEach((name, each) -> members.put(String.valueOf(name), of(each)));
        yield new JsonTree.Obj(members);
      }
      default -> throw new IllegalArgumentException("no JSON for " + value.getClass());
    };
  }

  /** A copy with a value at a path; objects on the way are made. */
  public static JsonTree.Obj set(JsonTree.Obj tree, Object value, String... path) {
    Map<String, JsonTree> members = new LinkedHashMap<>(tree.members());
    if (path.length == 1) {
      members.put(path[0], of(value));
    } else {
      JsonTree.Obj inner =
          members.get(path[0]) instanceof JsonTree.Obj object ? object : JsonTree.EMPTY_OBJECT;
      members.put(path[0], set(inner, value, Arrays.copyOfRange(path, 1, path.length)));
    }
    return new JsonTree.Obj(members);
  }

  /** A copy without what is at a path. */
  public static JsonTree.Obj without(JsonTree.Obj tree, String... path) {
    JsonTree at = tree.get(path[0]);
    if (at == null) {
      return tree;
    }
    Map<String, JsonTree> members = new LinkedHashMap<>(tree.members());
    if (path.length == 1) {
      members.remove(path[0]);
    } else if (at instanceof JsonTree.Obj inner) {
      members.put(path[0], without(inner, Arrays.copyOfRange(path, 1, path.length)));
    }
    return new JsonTree.Obj(members);
  }

  /** A {@code List} of objects, as kubectl puts several into one document. */
  public static JsonTree.Obj kubernetesList(List<? extends JsonTree> items) {
    return object(
        "apiVersion",
        "v1",
        "items",
        new JsonTree.Arr(new ArrayList<>(items)),
        "kind",
        "List",
        "metadata",
        object("resourceVersion", ""));
  }
}
