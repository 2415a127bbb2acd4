package dev.tiphys.api.selector;

import dev.tiphys.api.names.LabelNames;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One condition on labels.
 *
 * @param key the label's
 * @param operator what is asked of it
 * @param values what it is compared with
 */
public record LabelRequirement(String key, Operator operator, List<String> values) {

  /** What is asked of a label. */
  public enum Operator {
    /** Is there and has the value. */
    EQUALS("="),
    /** As {@link #EQUALS}, but written otherwise. */
    DOUBLE_EQUALS("=="),
    /** Is not there, or has another value. */
    NOT_EQUALS("!="),
    /** Is there and has one of the values. */
    IN("in"),
    /** Is not there, or has none of the values. */
    NOT_IN("notin"),
    /** Is there. */
    EXISTS("exists"),
    /** Is not there. */
    DOES_NOT_EXIST("!"),
    /** Is a number greater than the value. */
    GREATER_THAN("gt"),
    /** Is a number less than the value. */
    LESS_THAN("lt");

    private final String text;

    Operator(String text) {
      this.text = text;
    }

    /** As messages show it. */
    public String text() {
      return text;
    }
  }

  /** Copies the values. */
  public LabelRequirement {
    values = List.copyOf(values);
  }

  /**
   * Makes a requirement after checking it as the API does.
   *
   * @throws IllegalArgumentException with the API's message if operator and values do not fit, or
   *     key or values are not those of labels
   */
  public static LabelRequirement checked(String key, Operator operator, List<String> values) {
    FieldErrors errors = new FieldErrors();
    checkKey(errors, Path.of("key"), key);
    Path at = Path.of("values");
    switch (operator) {
      case IN, NOT_IN -> {
        if (values.isEmpty()) {
          errors.invalid(at, values, "for 'in', 'notin' operators, values set can't be empty");
        }
      }
      case EQUALS, DOUBLE_EQUALS, NOT_EQUALS -> {
        if (values.size() != 1) {
          errors.invalid(at, values, "exact-match compatibility requires one single value");
        }
      }
      case EXISTS, DOES_NOT_EXIST -> {
        if (!values.isEmpty()) {
          errors.invalid(at, values, "values set must be empty for exists and does not exist");
        }
      }
      case GREATER_THAN, LESS_THAN -> checkNumber(errors, at, values);
    }
    for (int i = 0; i < values.size(); i++) {
      List<String> faults = LabelNames.value(values.get(i));
      if (!faults.isEmpty()) {
        errors.invalid(at.index(i).key(key), values.get(i), String.join("; ", faults));
      }
    }
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException(errors.message());
    }
    return new LabelRequirement(key, operator, values);
  }

  static void checkKey(FieldErrors errors, Path at, String key) {
    List<String> faults = LabelNames.key(key);
    if (!faults.isEmpty()) {
      errors.invalid(at, key, String.join("; ", faults));
    }
  }

  private static void checkNumber(FieldErrors errors, Path at, List<String> values) {
    if (values.size() != 1) {
      errors.invalid(at, values, "for 'Gt', 'Lt' operators, exactly one value is required");
    }
    for (int i = 0; i < values.size(); i++) {
      if (!isNumber(values.get(i))) {
        errors.invalid(
            at.index(i), values.get(i), "for 'Gt', 'Lt' operators, the value must be an integer");
      }
    }
  }

  private static boolean isNumber(String text) {
    try {
      Long.parseLong(text);
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /** Whether the condition holds for an object's labels. */
  public boolean matches(Map<String, String> labels) {
    String value = labels.get(key);
    return switch (operator) {
      case EQUALS, DOUBLE_EQUALS, IN -> value != null && values.contains(value);
      case NOT_EQUALS, NOT_IN -> value == null || !values.contains(value);
      case EXISTS -> value != null;
      case DOES_NOT_EXIST -> value == null;
      case GREATER_THAN -> comparable(value) && parsed(value) > parsed(values.getFirst());
      case LESS_THAN -> comparable(value) && parsed(value) < parsed(values.getFirst());
    };
  }

  private boolean comparable(@Nullable String value) {
    return value != null && values.size() == 1 && isNumber(value) && isNumber(values.getFirst());
  }

  private static long parsed(@Nullable String number) {
    return number == null ? 0 : Long.parseLong(number);
  }

  @Override
  public String toString() {
    return switch (operator) {
      case EXISTS -> key;
      case DOES_NOT_EXIST -> "!" + key;
      case IN, NOT_IN -> key + " " + operator.text() + " (" + joined() + ")";
      case GREATER_THAN -> key + ">" + joined();
      case LESS_THAN -> key + "<" + joined();
      case EQUALS, DOUBLE_EQUALS, NOT_EQUALS -> key + operator.text() + joined();
    };
  }

  private String joined() {
    String[] sorted = values.toArray(new String[0]);
    Arrays.sort(sorted);
    return String.join(",", sorted);
  }
}
