package dev.tiphys.api.value;

/**
 * Text in double quotes as messages of the Kubernetes API show it: Go's {@code %q}, which clients
 * see in Status messages and match on.
 */
public final class QuotedText {

  private static final String HEX = "0123456789abcdef";

  private QuotedText() {}

  /** The text in double quotes; quotes, backslashes and what cannot be printed are escaped. */
  public static String of(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2);
    appendTo(out, text);
    return out.toString();
  }

  /** Appends {@link #of} to a builder. */
  public static void appendTo(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case 0x07 -> out.append("\\a");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case 0x0b -> out.append("\\v");
        default -> appendOther(out, c);
      }
    }
    out.append('"');
  }

  private static void appendOther(StringBuilder out, int c) {
    if (c < ' ' || c == 0x7f) {
      appendHex(out.append("\\x"), c, 2);
    } else if (c < 0x7f || printable(c)) {
      out.appendCodePoint(c);
    } else if (c < 0x10000) {
      appendHex(out.append("\\u"), c, 4);
    } else {
      appendHex(out.append("\\U"), c, 8);
    }
  }

  private static boolean printable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.SPACE_SEPARATOR,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  private static void appendHex(StringBuilder out, int c, int digits) {
    for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
      out.append(HEX.charAt((c >> shift) & 0xf));
    }
  }
}
