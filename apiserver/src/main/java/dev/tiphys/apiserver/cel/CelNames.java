package dev.tiphys.apiserver.cel;

import dev.tiphys.apiserver.strategy.CelIdentifiers;

/** Names of properties as expressions write them: what CEL would misread is escaped. */
public final class CelNames {

  private CelNames() {}

  /** A property's name as a field of an expression. */
  public static String escape(String name) {
    if (CelIdentifiers.RESERVED.contains(name)) {
      return "__" + name + "__";
    }
    StringBuilder out = null;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      String escaped =
          switch (c) {
            case '.' -> "__dot__";
            case '-' -> "__dash__";
            case '/' -> "__slash__";
            case '_' -> name.startsWith("__", i) ? "__underscores__" : null;
            default -> null;
          };
      if (escaped != null && out == null) {
        out = new StringBuilder(name.substring(0, i));
      }
      if (out != null) {
        out.append(escaped == null ? String.valueOf(c) : escaped);
      }
      if ("__underscores__".equals(escaped)) {
        i++;
      }
    }
    return out == null ? name : out.toString();
  }

  /** The property that a field of an expression means. */
  static String unescape(String field) {
    if (!field.contains("__")) {
      return field;
    }
    if (field.startsWith("__")
        && field.endsWith("__")
        && field.length() > 4
        && CelIdentifiers.RESERVED.contains(field.substring(2, field.length() - 2))) {
      return field.substring(2, field.length() - 2);
    }
    return field
        .replace("__dot__", ".")
        .replace("__dash__", "-")
        .replace("__slash__", "/")
        .replace("__underscores__", "__");
  }
}
