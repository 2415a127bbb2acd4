package dev.tiphys.apiserver.answer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Lays compact JSON out over lines, two blanks a level, as curl users expect it. */
final class PrettyJson {

  private static final byte[] INDENT = "  ".getBytes(StandardCharsets.US_ASCII);

  private final ByteArrayOutputStream out;
  private int depth;
  private boolean inText;
  private boolean escaped;
  private boolean opened;

  private PrettyJson(int size) {
    this.out = new ByteArrayOutputStream(size);
  }

  /** The same document, laid out; the input is well-formed and without blanks. */
  static byte[] of(List<byte[]> compact) {
    int size = 0;
    for (byte[] segment : compact) {
      size += segment.length;
    }
    PrettyJson pretty = new PrettyJson(size * 2);
    for (byte[] segment : compact) {
      for (byte b : segment) {
        pretty.write(b);
      }
    }
    return pretty.out.toByteArray();
  }

  private void write(byte b) {
    if (inText) {
      out.write(b);
      inText = escaped || b != '"';
      escaped = !escaped && b == '\\';
      return;
    }
    if (b == '}' || b == ']') {
      depth--;
      if (!opened) {
        line();
      }
      opened = false;
      out.write(b);
      return;
    }
    if (opened) {
      line();
      opened = false;
    }
    out.write(b);
    switch (b) {
      case '{', '[' -> {
        depth++;
        opened = true;
      }
      case ',' -> line();
      case ':' -> out.write(' ');
      case '"' -> inText = true;
      default -> {
        // Part of a number or literal.
      }
    }
  }

  private void line() {
    out.write('\n');
    for (int i = 0; i < depth; i++) {
      out.writeBytes(INDENT);
    }
  }
}
