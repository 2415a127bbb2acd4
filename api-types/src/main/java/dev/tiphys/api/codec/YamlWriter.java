package dev.tiphys.api.codec;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Writes trees as block-style YAML: keys in natural order, lists not indented within maps. */
final class YamlWriter {

  /** Sorts keys so that runs of digits count as numbers: {@code a2} before {@code a10}. */
  private static final Comparator<String> NATURAL = YamlWriter::compareNaturally;

  private final StringBuilder out = new StringBuilder();

  private YamlWriter() {}

  static String write(JsonTree tree) {
    YamlWriter writer = new YamlWriter();
    writer.value(tree, 0, false);
    return writer.out.toString();
  }

  /**
   * Writes a value.
   *
   * @param indent of the lines that the value needs
   * @param afterKey whether a key and its colon stand before it on the line
   */
  private void value(JsonTree tree, int indent, boolean afterKey) {
    switch (tree) {
      case JsonTree.Obj object when !object.members().isEmpty() -> {
        lineBreak(afterKey);
        mapping(object, indent, afterKey);
      }
      case JsonTree.Arr list when !list.elements().isEmpty() -> {
        lineBreak(afterKey);
        sequence(list, afterKey ? indent - 2 : indent, afterKey);
      }
      default -> {
        out.append(afterKey ? " " : "");
        scalar(tree, indent);
      }
    }
  }

  private void lineBreak(boolean afterKey) {
    if (afterKey) {
      out.append('\n');
    }
  }

  private void mapping(JsonTree.Obj object, int indent, boolean ownLine) {
    List<Map.Entry<String, JsonTree>> entries = new ArrayList<>(object.members().entrySet());
    entries.sort(Map.Entry.comparingByKey(NATURAL));
    boolean first = !ownLine;
    for (Map.Entry<String, JsonTree> entry : entries) {
      indent(first ? 0 : indent);
      first = false;
      YamlText.inline(out, entry.getKey());
      out.append(':');
      value(entry.getValue(), indent + 2, true);
    }
  }

  private void sequence(JsonTree.Arr list, int indent, boolean ownLine) {
    boolean first = !ownLine;
    for (JsonTree element : list.elements()) {
      indent(first ? 0 : indent);
      first = false;
      out.append("- ");
      value(element, indent + 2, false);
    }
  }

  private void indent(int spaces) {
    out.repeat(" ", spaces);
  }

  private void scalar(JsonTree tree, int indent) {
    switch (tree) {
      case JsonTree.Text text -> YamlText.block(out, text.value(), Math.max(2, indent));
      case JsonTree.Num number -> out.append(number.literal()).append('\n');
      case JsonTree.Bool truth -> out.append(truth.value()).append('\n');
      case JsonTree.Null _ -> out.append("null\n");
      case JsonTree.Obj _ -> out.append("{}\n");
      case JsonTree.Arr _ -> out.append("[]\n");
    }
  }

  private static int compareNaturally(String a, String b) {
    int i = 0;
    while (i < a.length() && i < b.length() && a.charAt(i) == b.charAt(i)) {
      i++;
    }
    if (i == a.length() || i == b.length()) {
      return Integer.compare(a.length(), b.length());
    }
    char one = a.charAt(i);
    char other = b.charAt(i);
    boolean letter = Character.isLetter(one);
    boolean otherLetter = Character.isLetter(other);
    if (letter != otherLetter) {
      boolean afterDigit = i > 0 && Character.isDigit(a.charAt(i - 1));
      return letter == afterDigit ? -1 : 1;
    }
    if (letter) {
      return Character.compare(one, other);
    }
    int digits = digits(a, i) - digits(b, i);
    return digits != 0 ? digits : Character.compare(one, other);
  }

  private static int digits(String text, int from) {
    int pos = from;
    while (pos < text.length() && Character.isDigit(text.charAt(pos))) {
      pos++;
    }
    return pos - from;
  }
}
