package dev.tiphys.cli.get;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.Failure;
import dev.tiphys.cli.tree.JsonPath;
import dev.tiphys.cli.tree.View;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;

/** Sorts objects by what a JSONPath finds in them. Pure. */
final class Sorting {

  private Sorting() {}

  /** The objects in order; as they are if there is no path. */
  static List<JsonTree.Obj> by(String path, List<JsonTree.Obj> objects) {
    return path.isEmpty() ? objects : objects.stream().sorted(comparator(path)).toList();
  }

  /** The order. */
  static Comparator<JsonTree.Obj> comparator(String path) {
    JsonPath parsed;
    try {
      parsed = JsonPath.relaxed(path);
    } catch (IllegalArgumentException e) {
      throw Failure.of(String.valueOf(e.getMessage()));
    }
    return Comparator.comparing(
        object -> parsed.find(object).stream().findFirst().orElse(JsonTree.Null.NULL),
        Sorting::compare);
  }

  private static int compare(JsonTree left, JsonTree right) {
    return left instanceof JsonTree.Num(String a) && right instanceof JsonTree.Num(String b)
        ? new BigDecimal(a).compareTo(new BigDecimal(b))
        : new View(left).text().compareTo(new View(right).text());
  }
}
