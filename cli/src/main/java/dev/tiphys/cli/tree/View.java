package dev.tiphys.cli.tree;

import dev.tiphys.api.codec.JsonTree;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A tree to read from: what is absent is a view of nothing, so paths need no checks on the way.
 *
 * @param tree what is looked at; JSON's null for nothing
 */
public record View(JsonTree tree) {

  /** A view of nothing. */
  public static final View NOTHING = new View(JsonTree.Null.NULL);

  /** What lies at a path of member names. */
  public View at(String... path) {
    JsonTree at = tree;
    for (String name : path) {
      JsonTree next = at instanceof JsonTree.Obj object ? object.get(name) : null;
      if (next == null) {
        return NOTHING;
      }
      at = next;
    }
    return new View(at);
  }

  /** Whether there is anything but null. */
  public boolean exists() {
    return tree != JsonTree.Null.NULL;
  }

  /** Whether there is nothing, or an empty text, list or object. */
  public boolean isEmpty() {
    return switch (tree) {
      case JsonTree.Null _ -> true;
      case JsonTree.Text(String value) -> value.isEmpty();
      case JsonTree.Arr(List<JsonTree> elements) -> elements.isEmpty();
      case JsonTree.Obj(Map<String, JsonTree> members) -> members.isEmpty();
      case JsonTree.Num _, JsonTree.Bool _ -> false;
    };
  }

  /** A scalar as text, anything else as JSON; nothing is the empty text. */
  public String text() {
    return switch (tree) {
      case JsonTree.Null _ -> "";
      case JsonTree.Text(String value) -> value;
      case JsonTree.Num(String literal) -> literal;
      case JsonTree.Bool(boolean value) -> Boolean.toString(value);
      case JsonTree.Arr _, JsonTree.Obj _ -> tree.toJson();
    };
  }

  /** {@link #text}, or something else if that is empty. */
  public String textOr(String otherwise) {
    String text = text();
    return text.isEmpty() ? otherwise : text;
  }

  /** A number, or something else if there is none. */
  public long number(long otherwise) {
    return tree instanceof JsonTree.Num(String literal)
        ? (long) Double.parseDouble(literal)
        : otherwise;
  }

  /** Whether there is {@code true}. */
  public boolean flag() {
    return tree instanceof JsonTree.Bool(boolean value) && value;
  }

  /** A timestamp, or null. */
  public @Nullable Instant instant() {
    try {
      return text().isEmpty() ? null : Instant.parse(text());
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  /** The elements of a list; none if there is no list. */
  public List<View> items() {
    List<View> views = new ArrayList<>();
    if (tree instanceof JsonTree.Arr(List<JsonTree> elements)) {
      elements.forEach(each -> views.add(new View(each)));
    }
    return views;
  }

  /** The members of an object, in order; none if there is no object. */
  public Map<String, View> members() {
    Map<String, View> views = new LinkedHashMap<>();
    if (tree instanceof JsonTree.Obj(Map<String, JsonTree> members)) {
      members.forEach((name, value) -> views.put(name, new View(value)));
    }
    return views;
  }

  /** The members of an object as texts. */
  public Map<String, String> texts() {
    Map<String, String> texts = new LinkedHashMap<>();
    members().forEach((name, value) -> texts.put(name, value.text()));
    return texts;
  }

  /** The element of a list whose member is a text; a view of nothing if there is none. */
  public View with(String member, String value) {
    return items().stream()
        .filter(each -> each.at(member).text().equals(value))
        .findFirst()
        .orElse(NOTHING);
  }

  /** The object that is looked at; an empty one if there is none. */
  public JsonTree.Obj object() {
    return tree instanceof JsonTree.Obj object ? object : JsonTree.EMPTY_OBJECT;
  }
}
