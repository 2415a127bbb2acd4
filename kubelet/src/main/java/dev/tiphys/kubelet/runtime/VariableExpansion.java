package dev.tiphys.kubelet.runtime;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The {@code $(NAME)} syntax of commands, arguments and environment values: a reference to
 * something unknown stays as it stands, and {@code $$} is a dollar sign. Pure functions.
 */
public final class VariableExpansion {
  private VariableExpansion() {}

  /**
   * {@code text} with references replaced by what {@code values} gives for a name, null for none.
   */
  public static String expand(String text, Function<String, @Nullable String> values) {
    StringBuilder out = new StringBuilder(text.length());
    int at = 0;
    while (at < text.length()) {
      int dollar = text.indexOf('$', at);
      if (dollar < 0 || dollar + 1 == text.length()) {
        break;
      }
      out.append(text, at, dollar);
      char next = text.charAt(dollar + 1);
      int end = next == '(' ? text.indexOf(')', dollar + 2) : -1;
      if (next == '$') {
        out.append('$');
        at = dollar + 2;
      } else if (end >= 0) {
        String value = values.apply(text.substring(dollar + 2, end));
        out.append(value == null ? text.substring(dollar, end + 1) : value);
        at = end + 1;
      } else {
        out.append('$').append(next);
        at = dollar + 2;
      }
    }
    return out.append(text, at, text.length()).toString();
  }
}
