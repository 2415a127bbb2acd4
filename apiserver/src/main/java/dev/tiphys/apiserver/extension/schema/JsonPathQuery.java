package dev.tiphys.apiserver.extension.schema;

import dev.tiphys.api.codec.JsonTree;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A JSONPath as definitions of custom resources use it: {@code .status.conditions[?(@.type ==
 * "Ready")].status}. Fields, positions, wildcards and filters by comparison. Immutable and
 * thread-safe.
 */
public final class JsonPathQuery {

  private sealed interface Step {
    /** A member of an object. */
    record Member(String name) implements Step {}

    /** An element of a list; negative from its end. */
    record Element(int index) implements Step {}

    /** All members or elements. */
    enum Every implements Step {
      EVERY
    }

    /** The elements of which a value compares so. */
    record Filter(JsonPathQuery left, String operator, @Nullable JsonTree right) implements Step {}
  }

  private final String text;
  private final List<Step> steps;

  private JsonPathQuery(String text, List<Step> steps) {
    this.text = text;
    this.steps = List.copyOf(steps);
  }

  /**
   * Reads a path, with or without the braces around it.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static JsonPathQuery parse(String text) {
    String inner = text.strip();
    if (inner.startsWith("{") && inner.endsWith("}")) {
      inner = inner.substring(1, inner.length() - 1);
    }
    return new JsonPathQuery(text, new Parser(inner).steps());
  }

  /** The names of the fields on the way, if there is nothing but fields; else null. */
  public @Nullable List<String> fields() {
    List<String> names = new ArrayList<>();
    for (Step step : steps) {
      if (!(step instanceof Step.Member(String name))) {
        return null;
      }
      names.add(name);
    }
    return names;
  }

  /** All values that the path leads to. */
  public List<JsonTree> find(JsonTree document) {
    List<JsonTree> found = List.of(document);
    for (Step step : steps) {
      List<JsonTree> next = new ArrayList<>();
      for (JsonTree at : found) {
        step(step, at, next);
      }
      found = next;
    }
    return found;
  }

  /** The first value that the path leads to, or null. */
  public @Nullable JsonTree first(JsonTree document) {
    List<JsonTree> found = find(document);
    return found.isEmpty() ? null : found.getFirst();
  }

  private static void step(Step step, JsonTree at, List<JsonTree> into) {
    switch (step) {
      case Step.Member(String name) -> {
        if (at instanceof JsonTree.Obj object && object.get(name) instanceof JsonTree member) {
          into.add(member);
        }
      }
      case Step.Element(int index) -> {
        if (at instanceof JsonTree.Arr(List<JsonTree> elements)) {
          int place = index < 0 ? elements.size() + index : index;
          if (place >= 0 && place < elements.size()) {
            into.add(elements.get(place));
          }
        }
      }
      case Step.Every _ -> {
        switch (at) {
          case JsonTree.Arr list -> into.addAll(list.elements());
          case JsonTree.Obj object -> into.addAll(object.members().values());
          default -> {}
        }
      }
      case Step.Filter filter -> {
        if (at instanceof JsonTree.Arr(List<JsonTree> elements)) {
          elements.stream().filter(element -> holds(filter, element)).forEach(into::add);
        }
      }
    }
  }

  private static boolean holds(Step.Filter filter, JsonTree element) {
    JsonTree left = filter.left().first(element);
    JsonTree right = filter.right();
    if (left == null || right == null) {
      return left != null;
    }
    return switch (filter.operator()) {
      case "==" -> left.equals(right);
      case "!=" -> !left.equals(right);
      default -> ordered(filter.operator(), left, right);
    };
  }

  private static boolean ordered(String operator, JsonTree left, JsonTree right) {
    int order;
    if (left instanceof JsonTree.Num one && right instanceof JsonTree.Num other) {
      order = new BigDecimal(one.literal()).compareTo(new BigDecimal(other.literal()));
    } else if (left instanceof JsonTree.Text one && right instanceof JsonTree.Text other) {
      order = one.value().compareTo(other.value());
    } else {
      return false;
    }
    return switch (operator) {
      case "<" -> order < 0;
      case "<=" -> order <= 0;
      case ">" -> order > 0;
      default -> order >= 0;
    };
  }

  @Override
  public String toString() {
    return text;
  }

  /** Reads the steps of one path. */
  private static final class Parser {

    private static final List<String> OPERATORS = List.of("==", "!=", "<=", ">=", "<", ">");

    private final String text;
    private int at;

    Parser(String text) {
      this.text = text;
    }

    List<Step> steps() {
      List<Step> steps = new ArrayList<>();
      if (text.startsWith("$") || text.startsWith("@")) {
        at++;
      }
      while (at < text.length()) {
        char c = text.charAt(at);
        if (c == '[') {
          int end = closing();
          steps.add(bracket(text.substring(at + 1, end).strip()));
          at = end + 1;
        } else if (c == '.') {
          at++;
          steps.add(field());
        } else {
          throw new IllegalArgumentException(
              "unrecognized character in action: " + c + " at " + at + " of " + text);
        }
      }
      return steps;
    }

    private Step field() {
      StringBuilder name = new StringBuilder();
      while (at < text.length() && text.charAt(at) != '.' && text.charAt(at) != '[') {
        char c = text.charAt(at++);
        if (c == '\\' && at < text.length()) {
          c = text.charAt(at++);
        } else if (Character.isWhitespace(c) || c == '}' || c == '{' || c == ']' || c == ')') {
          throw new IllegalArgumentException("unexpected " + c + " in " + text);
        }
        name.append(c);
      }
      if (name.isEmpty()) {
        throw new IllegalArgumentException("a field's name is missing in " + text);
      }
      return name.toString().equals("*") ? Step.Every.EVERY : new Step.Member(name.toString());
    }

    /** Where the bracket closes that opens here; quotes are skipped. */
    private int closing() {
      int depth = 0;
      char quote = 0;
      for (int i = at; i < text.length(); i++) {
        char c = text.charAt(i);
        if (quote != 0) {
          quote = c == quote ? 0 : quote;
        } else if (c == '"' || c == '\'') {
          quote = c;
        } else if (c == '[') {
          depth++;
        } else if (c == ']' && --depth == 0) {
          return i;
        }
      }
      throw new IllegalArgumentException("unterminated array in " + text);
    }

    private Step bracket(String inner) {
      if (inner.equals("*")) {
        return Step.Every.EVERY;
      }
      if (inner.startsWith("?(") && inner.endsWith(")")) {
        return filter(inner.substring(2, inner.length() - 1).strip());
      }
      if (inner.length() >= 2 && (inner.startsWith("'") || inner.startsWith("\""))) {
        return new Step.Member(inner.substring(1, inner.length() - 1));
      }
      try {
        return new Step.Element(Integer.parseInt(inner));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("invalid array index " + inner + " in " + text, e);
      }
    }

    private static Step filter(String condition) {
      for (String operator : OPERATORS) {
        int place = condition.indexOf(operator);
        if (place > 0) {
          return new Step.Filter(
              parse(condition.substring(0, place).strip()),
              operator,
              literal(condition.substring(place + operator.length()).strip()));
        }
      }
      return new Step.Filter(parse(condition), "", null);
    }

    private static JsonTree literal(String text) {
      if (text.length() >= 2 && text.startsWith("'") && text.endsWith("'")) {
        return new JsonTree.Text(text.substring(1, text.length() - 1));
      }
      try {
        return JsonTree.parse(text);
      } catch (dev.tiphys.api.codec.DecodeException e) {
        throw new IllegalArgumentException("not a literal: " + text, e);
      }
    }
  }
}
