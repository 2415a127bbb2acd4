package dev.tiphys.api.merge;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.value.QuotedText;

/**
 * One step of a path in a {@link FieldSet}.
 *
 * @param kind what it steps into
 * @param text the field's name or map's key; or the list element's key, value or position as
 *     canonical JSON
 */
record PathElement(Kind kind, String text) implements Comparable<PathElement> {

  /** What a step goes into, with the letter that stands for it. */
  enum Kind {
    /** A field of a struct or an entry of a map. */
    FIELD('f'),
    /** An element of a list of structs, by its key fields. */
    KEY('k'),
    /** An element of a list of scalars, by its value. */
    VALUE('v'),
    /** An element of a list by its position. */
    INDEX('i');

    private final char letter;

    Kind(char letter) {
      this.letter = letter;
    }
  }

  static PathElement field(String name) {
    return new PathElement(Kind.FIELD, name);
  }

  /**
   * Reads the form that {@link #encoded} writes.
   *
   * @throws IllegalArgumentException if it is none
   */
  static PathElement parse(String encoded) {
    if (encoded.length() >= 2 && encoded.charAt(1) == ':') {
      for (Kind kind : Kind.values()) {
        if (kind.letter == encoded.charAt(0)) {
          return new PathElement(kind, encoded.substring(2));
        }
      }
    }
    throw new IllegalArgumentException("missing or unknown prefix in path element " + encoded);
  }

  /** As a name in fieldsV1: {@code f:spec}, <code>k:{"name":"web"}</code>. */
  String encoded() {
    return kind.letter + ":" + text;
  }

  @Override
  public int compareTo(PathElement other) {
    int byKind = kind.compareTo(other.kind);
    return byKind != 0 ? byKind : text.compareTo(other.text);
  }

  /** As a part of a path in messages: {@code .spec}, {@code [name="web"]}. */
  @Override
  public String toString() {
    return switch (kind) {
      case FIELD -> "." + text;
      case INDEX -> "[" + text + "]";
      case VALUE -> "[=" + shown(JsonTree.parse(text)) + "]";
      case KEY -> "[" + shownKey(JsonTree.parse(text)) + "]";
    };
  }

  private static String shownKey(JsonTree key) {
    if (!(key instanceof JsonTree.Obj object)) {
      return shown(key);
    }
    StringBuilder out = new StringBuilder();
    object
        .members()
        .forEach((name, value) ->
            out.append(out.isEmpty() ? "" : ",").append(name).append('=').append(shown(value)));
    return out.toString();
  }

  private static String shown(JsonTree value) {
    return value instanceof JsonTree.Text text ? QuotedText.of(text.value()) : value.toJson();
  }
}
