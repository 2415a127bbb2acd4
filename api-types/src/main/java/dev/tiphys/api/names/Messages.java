package dev.tiphys.api.names;

import java.util.ArrayList;
import java.util.List;

/** The wording that checks of names share. */
final class Messages {

  static final String EMPTY = "must be non-empty";

  private Messages() {}

  static String tooLong(int maxBytes) {
    return "must be no more than " + maxBytes + " bytes";
  }

  /** What a text must look like, with examples and the pattern that documents it. */
  static String pattern(String rule, String pattern, String... examples) {
    StringBuilder out = new StringBuilder(rule).append(" (");
    String lead = "e.g. ";
    for (String example : examples) {
      out.append(lead).append('\'').append(example).append("', ");
      lead = " or ";
    }
    return out.append("regex used for validation is '").append(pattern).append("')").toString();
  }

  /** The messages of the faults found: those of the list that are not empty. */
  static List<String> of(String first, String second) {
    if (first.isEmpty() && second.isEmpty()) {
      return List.of();
    }
    List<String> out = new ArrayList<>(2);
    if (!first.isEmpty()) {
      out.add(first);
    }
    if (!second.isEmpty()) {
      out.add(second);
    }
    return List.copyOf(out);
  }

  static String lengthFault(String text, int maxBytes) {
    return text.length() > maxBytes || (text.length() * 3 > maxBytes && utf8Length(text) > maxBytes)
        ? tooLong(maxBytes)
        : "";
  }

  private static int utf8Length(String text) {
    int length = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      length += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }
    return length;
  }
}
