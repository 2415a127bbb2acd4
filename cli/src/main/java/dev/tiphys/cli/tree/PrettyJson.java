package dev.tiphys.cli.tree;

import dev.tiphys.api.codec.JsonTree;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** JSON as kubectl prints it: four spaces a level, names sorted. */
public final class PrettyJson {

  private static final String STEP = "    ";

  private PrettyJson() {}

  /** A document, ending with a line break. */
  public static String write(JsonTree tree) {
    StringBuilder out = new StringBuilder();
    write(out, tree, 0);
    return out.append('\n').toString();
  }

  private static void write(StringBuilder out, JsonTree tree, int depth) {
    switch (tree) {
      case JsonTree.Obj(Map<String, JsonTree> members) when !members.isEmpty() -> {
        out.append("{\n");
        Iterator<Map.Entry<String, JsonTree>> each = new TreeMap<>(members).entrySet().iterator();
        while (each.hasNext()) {
          Map.Entry<String, JsonTree> member = each.next();
          out.repeat(STEP, depth + 1);
          out.append(new JsonTree.Text(member.getKey()).toJson()).append(": ");
          write(out, member.getValue(), depth + 1);
          out.append(each.hasNext() ? ",\n" : "\n");
        }
        out.repeat(STEP, depth).append('}');
      }
      case JsonTree.Arr(List<JsonTree> elements) when !elements.isEmpty() -> {
        out.append("[\n");
        Iterator<JsonTree> each = elements.iterator();
        while (each.hasNext()) {
          out.repeat(STEP, depth + 1);
          write(out, each.next(), depth + 1);
          out.append(each.hasNext() ? ",\n" : "\n");
        }
        out.repeat(STEP, depth).append(']');
      }
      default -> out.append(tree.toJson());
    }
  }
}
