package dev.tiphys.cli.wait;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.Failure;
import dev.tiphys.cli.tree.JsonPath;
import dev.tiphys.cli.tree.View;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@code --for} waits for. */
sealed interface Condition {

  /** The object is gone. */
  record Deleted() implements Condition {}

  /** The object is there. */
  record Created() implements Condition {}

  /** A condition of its status has a value. */
  record Status(String type, String value) implements Condition {}

  /**
   * A JSONPath finds a value.
   *
   * @param value null for any
   */
  record Path(JsonPath path, @Nullable String value) implements Condition {}

  /**
   * Reads the option.
   *
   * @throws Failure if it makes no sense
   */
  static Condition parse(String text) {
    String lower = text.toLowerCase(java.util.Locale.ROOT);
    if (lower.equals("delete")) {
      return new Deleted();
    }
    if (lower.equals("create")) {
      return new Created();
    }
    if (text.startsWith("condition=")) {
      String[] parts = text.substring("condition=".length()).split("=", 2);
      return new Status(parts[0], parts.length > 1 ? parts[1] : "true");
    }
    if (text.startsWith("jsonpath=")) {
      return path(text.substring("jsonpath=".length()));
    }
    throw Failure.of("unrecognized condition: \"%s\"", text);
  }

  private static Condition path(String text) {
    int brace = text.lastIndexOf('}');
    int equals = brace < 0 ? text.indexOf('=') : text.indexOf('=', brace);
    String expression = equals < 0 ? text : text.substring(0, equals);
    String value = equals < 0 ? null : text.substring(equals + 1);
    if (value != null && value.isEmpty()) {
      throw Failure.of("jsonpath wait has to have a value after equal sign");
    }
    try {
      return new Path(
          JsonPath.relaxed(unquoted(expression)), value == null ? null : unquoted(value));
    } catch (IllegalArgumentException e) {
      throw Failure.of(String.valueOf(e.getMessage()));
    }
  }

  private static String unquoted(String text) {
    boolean quoted =
        text.length() > 1
            && "'\"".indexOf(text.charAt(0)) >= 0
            && text.charAt(text.length() - 1) == text.charAt(0);
    return quoted ? text.substring(1, text.length() - 1) : text;
  }

  /** Whether it holds for an object that is there. */
  default boolean holds(JsonTree.Obj object) {
    return switch (this) {
      case Deleted _ -> false;
      case Created _ -> true;
      case Status(String type, String value) -> statusHolds(new View(object), type, value);
      case Path(JsonPath path, String value) -> {
        List<JsonTree> found = path.find(object);
        yield value == null
            ? !found.isEmpty()
            : found.size() == 1 && new View(found.getFirst()).text().equals(value);
      }
    };
  }

  private static boolean statusHolds(View object, String type, String value) {
    for (View each : object.at("status", "conditions").items()) {
      if (each.at("type").text().equalsIgnoreCase(type)) {
        long generation = object.at("metadata", "generation").number(0);
        long observed =
            each.at("observedGeneration")
                .number(object.at("status", "observedGeneration").number(generation));
        return observed >= generation && each.at("status").text().equalsIgnoreCase(value);
      }
    }
    return false;
  }
}
