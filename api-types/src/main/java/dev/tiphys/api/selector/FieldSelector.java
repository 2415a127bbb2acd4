package dev.tiphys.api.selector;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Conditions on single fields, as {@code metadata.name=web,status.phase!=Running}: all must hold.
 * Which fields a resource can be selected by is the server's to say. Immutable.
 *
 * @param requirements sorted as their texts
 */
public record FieldSelector(List<Requirement> requirements) {

  /**
   * One condition.
   *
   * @param field its path, as {@code metadata.name}
   * @param equal whether it must have the value, or must not
   * @param value to compare with
   */
  public record Requirement(String field, boolean equal, String value) {
    @Override
    public String toString() {
      return field + (equal ? "=" : "!=") + escape(value);
    }
  }

  /** Matches every object. */
  public static final FieldSelector EVERYTHING = new FieldSelector(List.of());

  /** Copies and sorts. */
  public FieldSelector {
    requirements =
        requirements.stream().sorted(Comparator.comparing(Requirement::toString)).toList();
  }

  /** One field that must have a value. */
  public static FieldSelector of(String field, String value) {
    return new FieldSelector(List.of(new Requirement(field, true, value)));
  }

  /**
   * Reads the value of a {@code fieldSelector} query parameter. Backslashes, commas and equals
   * signs in values stand behind a backslash.
   *
   * @throws IllegalArgumentException with the API's message if it cannot be read
   */
  public static FieldSelector parse(String text) {
    List<Requirement> requirements = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= text.length(); i++) {
      if (i == text.length() || text.charAt(i) == ',') {
        if (i > start) {
          requirements.add(term(text, text.substring(start, i)));
        }
        start = i + 1;
      } else if (text.charAt(i) == '\\') {
        i++;
      }
    }
    return requirements.isEmpty() ? EVERYTHING : new FieldSelector(requirements);
  }

  private static Requirement term(String whole, String term) {
    for (int i = 0; i < term.length(); i++) {
      char c = term.charAt(i);
      if (c == '\\') {
        i++;
      } else if (term.startsWith("!=", i)) {
        return new Requirement(term.substring(0, i), false, unescape(term.substring(i + 2)));
      } else if (c == '=') {
        int value = term.startsWith("==", i) ? i + 2 : i + 1;
        return new Requirement(term.substring(0, i), true, unescape(term.substring(value)));
      }
    }
    throw new IllegalArgumentException(
        "invalid selector: '" + whole + "'; can't understand '" + term + "'");
  }

  private static String unescape(String value) {
    if (value.indexOf('\\') < 0 && value.indexOf('=') < 0) {
      return value;
    }
    StringBuilder out = new StringBuilder(value.length());
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '=') {
        throw new IllegalArgumentException(
            "invalid field selector: unescaped character in value: =");
      }
      if (c == '\\') {
        i++;
        if (i == value.length() || "\\,=".indexOf(value.charAt(i)) < 0) {
          throw new IllegalArgumentException(
              "invalid field selector: invalid escape sequence: "
                  + value.substring(i - 1, Math.min(i + 1, value.length())));
        }
        c = value.charAt(i);
      }
      out.append(c);
    }
    return out.toString();
  }

  /** A value as it stands in a selector. */
  public static String escape(String value) {
    return value.replace("\\", "\\\\").replace(",", "\\,").replace("=", "\\=");
  }

  /** Whether every object is meant. */
  public boolean matchesEverything() {
    return requirements.isEmpty();
  }

  /**
   * Whether an object is meant.
   *
   * @param fields gives the text of a field; null counts as empty
   */
  public boolean matches(Function<String, @Nullable String> fields) {
    for (Requirement requirement : requirements) {
      String found = fields.apply(requirement.field());
      if (requirement.value().equals(found == null ? "" : found) != requirement.equal()) {
        return false;
      }
    }
    return true;
  }

  /** The value that a field must have, or null if several will do. */
  public @Nullable String exactValue(String field) {
    for (Requirement requirement : requirements) {
      if (requirement.equal() && requirement.field().equals(field)) {
        return requirement.value();
      }
    }
    return null;
  }

  /** The canonical text. */
  @Override
  public String toString() {
    return requirements.stream().map(Requirement::toString).collect(Collectors.joining(","));
  }
}
