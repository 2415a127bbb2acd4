package dev.tiphys.cli.tree;

import dev.tiphys.api.codec.JsonTree;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A template in the JSONPath dialect of kubectl: text, with expressions in braces, {@code
 * {range}…{end}}, filters, slices, unions and recursive descent. Immutable; what an object lacks is
 * passed over.
 */
public final class JsonPath {

  /** A piece of a template. */
  sealed interface Part {
    /** Plain text. */
    record Literal(String text) implements Part {}

    /** Values, with spaces between. */
    record Expression(List<Step> steps) implements Part {}

    /** Parts once for each value. */
    record Range(List<Step> steps, List<Part> body) implements Part {}
  }

  /** One step from values to values. */
  sealed interface Step {
    /** A member by name. */
    record Member(String name) implements Step {}

    /** All members or elements. */
    enum All implements Step {
      ALL
    }

    /** The value and everything below it. */
    enum Descend implements Step {
      DESCEND
    }

    /** Back to the whole document. */
    enum Root implements Step {
      ROOT
    }

    /** Elements of a list; negative positions count from its end. */
    record Slice(@Nullable Integer from, @Nullable Integer to, int step, boolean single)
        implements Step {}

    /** What several chains of steps lead to. */
    record Union(List<List<Step>> choices) implements Step {}

    /** Elements for which a comparison holds; without operator, those that have a value. */
    record Filter(Operand left, @Nullable String operator, @Nullable Operand right)
        implements Step {}
  }

  /** One side of a comparison: steps from the element, or a constant. */
  sealed interface Operand {
    /** Steps from the element. */
    record Path(List<Step> steps) implements Operand {}

    /** A constant. */
    record Constant(JsonTree value) implements Operand {}
  }

  private final List<Part> parts;

  private JsonPath(List<Part> parts) {
    this.parts = parts;
  }

  /**
   * Reads a template.
   *
   * @throws IllegalArgumentException if it is not one, saying why
   */
  public static JsonPath template(String text) {
    return new JsonPath(new JsonPathParser(text).template());
  }

  /**
   * Reads a lone expression, whose braces and first dot may be missing, as {@code metadata.name}.
   *
   * @throws IllegalArgumentException if it is not one, saying why
   */
  public static JsonPath relaxed(String text) {
    String inner =
        text.startsWith("{") && text.endsWith("}") ? text.substring(1, text.length() - 1) : text;
    boolean dotted = inner.startsWith(".") || inner.startsWith("[") || inner.startsWith("$");
    return template("{" + (dotted ? inner : "." + inner) + "}");
  }

  /** What the template says of a document. */
  public String print(JsonTree document) {
    StringBuilder out = new StringBuilder();
    print(out, parts, document, document);
    return out.toString();
  }

  /** The values that all expressions of the template find. */
  public List<JsonTree> find(JsonTree document) {
    List<JsonTree> found = new ArrayList<>();
    for (Part part : parts) {
      if (part instanceof Part.Expression(List<Step> steps)) {
        found.addAll(walk(steps, document, document));
      }
    }
    return found;
  }

  private static void print(StringBuilder out, List<Part> parts, JsonTree root, JsonTree current) {
    for (Part part : parts) {
      switch (part) {
        case Part.Literal(String text) -> out.append(text);
        case Part.Expression(List<Step> steps) ->
            out.append(
                walk(steps, root, current).stream()
                    .map(value -> new View(value).text())
                    .collect(Collectors.joining(" ")));
        case Part.Range(List<Step> steps, List<Part> body) ->
            walk(steps, root, current).forEach(value -> print(out, body, root, value));
      }
    }
  }

  private static List<JsonTree> walk(List<Step> steps, JsonTree root, JsonTree from) {
    List<JsonTree> values = List.of(from);
    for (Step step : steps) {
      List<JsonTree> next = new ArrayList<>();
      if (step instanceof Step.Union(List<List<Step>> choices)) {
        for (List<Step> choice : choices) {
          for (JsonTree value : values) {
            next.addAll(walk(choice, root, value));
          }
        }
      } else {
        values.forEach(value -> take(step, root, value, next));
      }
      values = next;
    }
    return values;
  }

  private static void take(Step step, JsonTree root, JsonTree value, List<JsonTree> next) {
    switch (step) {
      case Step.Member(String name) -> {
        JsonTree found = value instanceof JsonTree.Obj object ? object.get(name) : null;
        if (found != null) {
          next.add(found);
        }
      }
      case Step.All _ -> next.addAll(children(value));
      case Step.Descend _ -> descend(value, next);
      case Step.Root _ -> next.add(root);
      case Step.Slice slice -> slice(slice, children(value), next);
      case Step.Union _ -> throw new IllegalStateException("unions see all values at once");
      case Step.Filter filter -> {
        for (JsonTree child : children(value)) {
          if (matches(filter, root, child)) {
            next.add(child);
          }
        }
      }
    }
  }

  private static List<JsonTree> children(JsonTree value) {
    return switch (value) {
      case JsonTree.Arr(List<JsonTree> elements) -> elements;
      case JsonTree.Obj object -> List.copyOf(object.members().values());
      default -> List.of();
    };
  }

  private static void descend(JsonTree value, List<JsonTree> next) {
    next.add(value);
    children(value).forEach(child -> descend(child, next));
  }

  private static void slice(Step.Slice slice, List<JsonTree> elements, List<JsonTree> next) {
    int size = elements.size();
    int from = position(slice.from(), 0, size);
    int to = slice.single() ? from + 1 : position(slice.to(), size, size);
    for (int i = Math.max(from, 0); i < Math.min(to, size) && from >= 0; i += slice.step()) {
      next.add(elements.get(i));
    }
  }

  private static int position(@Nullable Integer asked, int otherwise, int size) {
    if (asked == null) {
      return otherwise;
    }
    return asked < 0 ? asked + size : asked;
  }

  private static boolean matches(Step.Filter filter, JsonTree root, JsonTree element) {
    List<JsonTree> left = values(filter.left(), root, element);
    if (filter.operator() == null || filter.right() == null) {
      return !left.isEmpty();
    }
    List<JsonTree> right = values(filter.right(), root, element);
    if (left.isEmpty() || right.isEmpty()) {
      return false;
    }
    return compares(left.getFirst(), filter.operator(), right.getFirst());
  }

  private static List<JsonTree> values(Operand operand, JsonTree root, JsonTree element) {
    return switch (operand) {
      case Operand.Constant(JsonTree value) -> List.of(value);
      case Operand.Path(List<Step> steps) -> walk(steps, root, element);
    };
  }

  private static boolean compares(JsonTree left, String operator, JsonTree right) {
    int order =
        left instanceof JsonTree.Num(String a) && right instanceof JsonTree.Num(String b)
            ? new BigDecimal(a).compareTo(new BigDecimal(b))
            : new View(left).text().compareTo(new View(right).text());
    return switch (operator) {
      case "==" -> order == 0;
      case "!=" -> order != 0;
      case "<" -> order < 0;
      case "<=" -> order <= 0;
      case ">" -> order > 0;
      default -> order >= 0;
    };
  }
}
