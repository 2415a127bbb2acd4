package dev.tiphys.cli.print;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.Failure;
import dev.tiphys.cli.tree.JsonPath;
import dev.tiphys.cli.tree.View;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Columns of the user's choice: {@code NAME:.metadata.name,IMAGE:.spec.containers[*].image}.
 *
 * @param names the headings
 * @param paths what stands below them
 */
public record CustomColumns(List<String> names, List<JsonPath> paths) {

  /**
   * Reads a specification.
   *
   * @throws Failure if it is not one
   */
  public static CustomColumns parse(String specification) {
    if (specification.isEmpty()) {
      throw Failure.of("custom-columns format specified but no custom columns given");
    }
    List<String> names = new ArrayList<>();
    List<JsonPath> paths = new ArrayList<>();
    for (String each : specification.split(",", -1)) {
      int colon = each.indexOf(':');
      if (colon < 0) {
        throw Failure.of(
            "unexpected custom-columns spec: %s, expected <header>:<json-path-expr>", each);
      }
      names.add(each.substring(0, colon));
      try {
        paths.add(JsonPath.relaxed(each.substring(colon + 1)));
      } catch (IllegalArgumentException e) {
        throw Failure.of(String.valueOf(e.getMessage()));
      }
    }
    return new CustomColumns(names, paths);
  }

  /** An object's row. */
  public List<String> row(JsonTree object) {
    return paths.stream().map(path -> cell(path.find(object))).toList();
  }

  private static String cell(List<JsonTree> values) {
    String text =
        values.stream().map(value -> new View(value).text()).collect(Collectors.joining(","));
    return text.isEmpty() ? "<none>" : text;
  }
}
