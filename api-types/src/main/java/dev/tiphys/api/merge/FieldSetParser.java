package dev.tiphys.api.merge;

import dev.tiphys.api.codec.JsonTree;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads fieldsV1: objects within objects, whose names are path elements. Runs for every write to an
 * object that has owners, hence by hand. Used once.
 */
final class FieldSetParser {

  private final String json;
  private int pos;

  FieldSetParser(String json) {
    this.json = json;
  }

  FieldSet parse() {
    FieldSet.Builder root = new FieldSet.Builder();
    object(root, 0);
    space();
    if (pos != json.length()) {
      throw malformed();
    }
    return root.build();
  }

  private void object(FieldSet.Builder into, int depth) {
    if (depth > Limits.MAX_FIELD_DEPTH) {
      throw malformed();
    }
    expect('{');
    space();
    if (peek() == '}') {
      pos++;
      if (depth > 0) {
        into.add();
      }
      return;
    }
    while (true) {
      String name = name();
      expect(':');
      if (name.equals(".")) {
        into.add();
        expect('{');
        expect('}');
      } else {
        object(into.child(element(name)), depth + 1);
      }
      space();
      if (peek() == '}') {
        pos++;
        return;
      }
      expect(',');
    }
  }

  private static PathElement element(String name) {
    PathElement element = PathElement.parse(name);
    boolean several = element.kind() == PathElement.Kind.KEY && name.indexOf(',') >= 0;
    boolean spaced = element.kind() != PathElement.Kind.FIELD && name.indexOf(' ') >= 0;
    return several || spaced ? canonical(element) : element;
  }

  /** The same with its key fields in order and without spaces: others may write it otherwise. */
  private static PathElement canonical(PathElement element) {
    JsonTree tree = JsonTree.parse(element.text());
    if (tree instanceof JsonTree.Obj object) {
      Map<String, JsonTree> sorted = new TreeMap<>(object.members());
      return new PathElement(element.kind(), new JsonTree.Obj(sorted).toJson());
    }
    return new PathElement(element.kind(), tree.toJson());
  }

  private String name() {
    expect('"');
    int start = pos;
    while (peek() != '"' && peek() != '\\') {
      pos++;
    }
    if (peek() == '"') {
      return json.substring(start, pos++);
    }
    StringBuilder out = new StringBuilder().append(json, start, pos);
    while (peek() != '"') {
      char c = json.charAt(pos++);
      out.append(c == '\\' ? escaped() : c);
    }
    pos++;
    return out.toString();
  }

  private char escaped() {
    char c = peek();
    pos++;
    return switch (c) {
      case 'n' -> '\n';
      case 't' -> '\t';
      case 'r' -> '\r';
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'u' -> {
        if (pos + 4 > json.length()) {
          throw malformed();
        }
        pos += 4;
        yield (char) Integer.parseInt(json, pos - 4, pos, 16);
      }
      default -> c;
    };
  }

  private void expect(char c) {
    space();
    if (peek() != c) {
      throw malformed();
    }
    pos++;
  }

  private char peek() {
    if (pos >= json.length()) {
      throw malformed();
    }
    return json.charAt(pos);
  }

  private void space() {
    while (pos < json.length() && json.charAt(pos) <= ' ') {
      pos++;
    }
  }

  private IllegalArgumentException malformed() {
    return new IllegalArgumentException("malformed fieldsV1 at position " + pos);
  }
}
