package dev.tiphys.api.generator;

import javax.lang.model.SourceVersion;

/** How names of the API are spelled in Java. */
final class JavaNames {

  private JavaNames() {}

  /**
   * A record component's name: the JSON name, without the characters that Java does not have, lower
   * case at its start, and with an underscore after keywords.
   */
  static String component(String jsonName) {
    StringBuilder name = new StringBuilder();
    boolean upper = false;
    for (int i = 0; i < jsonName.length(); i++) {
      char c = jsonName.charAt(i);
      if (!Character.isJavaIdentifierPart(c) || c == '$') {
        upper = !name.isEmpty();
        continue;
      }
      if (name.isEmpty()) {
        name.append(Character.toLowerCase(c));
      } else {
        name.append(upper ? Character.toUpperCase(c) : c);
      }
      upper = false;
    }
    return SourceVersion.isKeyword(name) ? name + "_" : name.toString();
  }

  /** A plural such as {@code configmaps} as a constant, by the words of its kind: CONFIG_MAPS. */
  static String constant(String plural, String kind) {
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < plural.length(); i++) {
      if (i > 0 && i < kind.length() && startsWord(kind, i)) {
        name.append('_');
      }
      name.append(Character.toUpperCase(plural.charAt(i)));
    }
    return name.toString();
  }

  private static boolean startsWord(String camel, int i) {
    if (!Character.isUpperCase(camel.charAt(i))) {
      return false;
    }
    boolean afterLower = !Character.isUpperCase(camel.charAt(i - 1));
    boolean beforeLower = i + 1 < camel.length() && Character.isLowerCase(camel.charAt(i + 1));
    return afterLower || beforeLower;
  }

  /** A Java string literal. */
  static String literal(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        default -> out.append(c);
      }
    }
    return out.append('"').toString();
  }

  /** Text as it may stand in a Javadoc comment. */
  static String javadoc(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("@", "&#64;")
        .replace("*/", "*&#47;");
  }
}
