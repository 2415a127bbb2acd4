package dev.tiphys.api.codec;

/** Writes texts in YAML in the plainest style that reads back as the same text. */
final class YamlText {

  private static final String HEX = "0123456789ABCDEF";

  private YamlText() {}

  /** Writes a text that has to stay on its line: a key. */
  static void inline(StringBuilder out, String text) {
    if (YamlScalars.isAmbiguous(text) || hasBreakOrSpecial(text)) {
      doubleQuoted(out, text);
    } else if (isPlain(text)) {
      out.append(text);
    } else {
      out.append('\'').append(text.replace("'", "''")).append('\'');
    }
  }

  /** Writes a text and ends its line; several lines as a block. */
  static void block(StringBuilder out, String text, int indent) {
    if (text.indexOf('\n') >= 0 && isLiteral(text)) {
      literal(out, text, indent);
    } else {
      inline(out, text);
      out.append('\n');
    }
  }

  private static boolean hasBreakOrSpecial(String text) {
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      if (c == '\n' || isSpecial(c)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isSpecial(int c) {
    return c != '\n' && c < ' '
        || c == 0x7f
        || c >= 0x80 && c < 0xa0
        || c == 0x2028
        || c == 0x2029
        || c == 0xfeff
        || c >= 0xd800 && c < 0xe000
        || c >= 0xfffe;
  }

  private static boolean isPlain(String text) {
    char first = text.charAt(0);
    char last = text.charAt(text.length() - 1);
    if (first == ' ' || last == ' ' || last == ':') {
      return false;
    }
    if ("#,[]{}&*!|>'\"%@`".indexOf(first) >= 0
        || text.startsWith("---")
        || text.startsWith("...")) {
      return false;
    }
    boolean indicator = "-?:".indexOf(first) >= 0;
    if (indicator && (text.length() == 1 || text.charAt(1) == ' ')) {
      return false;
    }
    return !text.contains(": ") && !text.contains(" #");
  }

  /** Whether a text of several lines can stand as a block: nothing special, no line ends blank. */
  private static boolean isLiteral(String text) {
    if (text.charAt(text.length() - 1) == ' ' || text.contains(" \n")) {
      return false;
    }
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      if (c != '\t' && isSpecial(c)) {
        return false;
      }
    }
    return true;
  }

  private static void literal(StringBuilder out, String text, int indent) {
    out.append('|');
    if (text.charAt(0) == ' ' || text.charAt(0) == '\n' || text.charAt(0) == '\t') {
      out.append('2');
    }
    int end = text.length();
    if (text.charAt(end - 1) != '\n') {
      out.append('-');
    } else if (end == 1 || text.charAt(end - 2) == '\n') {
      out.append('+');
    }
    out.append('\n');
    for (String line : text.substring(0, text.endsWith("\n") ? end - 1 : end).split("\n", -1)) {
      if (!line.isEmpty()) {
        out.repeat(" ", indent).append(line);
      }
      out.append('\n');
    }
  }

  private static void doubleQuoted(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\t' -> out.append("\\t");
        case '\r' -> out.append("\\r");
        case 0 -> out.append("\\0");
        case 0x07 -> out.append("\\a");
        case '\b' -> out.append("\\b");
        case 0x0b -> out.append("\\v");
        case '\f' -> out.append("\\f");
        case 0x1b -> out.append("\\e");
        default -> {
          if (!isSpecial(c)) {
            out.appendCodePoint(c);
          } else if (c < 0x100) {
            hex(out.append("\\x"), c, 2);
          } else if (c < 0x10000) {
            hex(out.append("\\u"), c, 4);
          } else {
            hex(out.append("\\U"), c, 8);
          }
        }
      }
    }
    out.append('"');
  }

  private static void hex(StringBuilder out, int c, int digits) {
    for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
      out.append(HEX.charAt(c >> shift & 0xf));
    }
  }
}
