package dev.tiphys.api.value;

import org.jspecify.annotations.Nullable;

/**
 * A number or a text, as target ports and rollout bounds have it.
 *
 * @param number the number, or null if it is a text
 * @param text the text, or null if it is a number
 */
public record IntOrString(@Nullable Integer number, @Nullable String text) {

  /** Checks that it is one of the two. */
  public IntOrString {
    if ((number == null) == (text == null)) {
      throw new IllegalArgumentException("an int-or-string is either a number or a text");
    }
  }

  /** A number. */
  public static IntOrString of(int number) {
    return new IntOrString(number, null);
  }

  /** A text. */
  public static IntOrString of(String text) {
    return new IntOrString(null, text);
  }

  @Override
  public String toString() {
    return number != null ? number.toString() : String.valueOf(text);
  }
}
