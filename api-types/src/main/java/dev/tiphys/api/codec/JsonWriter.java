package dev.tiphys.api.codec;

import dev.tiphys.api.value.RawJson;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Builds one JSON document in UTF-8, in one growing buffer. Commas come by themselves; that names
 * and values alternate is the caller's duty. Escapes as upstream does ({@code <}, {@code >} and
 * {@code &} too), so that the same object has the same bytes. Not thread-safe.
 */
public final class JsonWriter {

  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  /** One bit a character below 64 that needs an escape; above, only the backslash does. */
  private static final long LOW_ESCAPES = 0xffff_ffffL | bit('"') | bit('<') | bit('>') | bit('&');

  private byte[] buffer;
  private int size;
  private boolean needsComma;

  /** Starts with room for a typical object. */
  public JsonWriter() {
    this(1024);
  }

  /** Starts with room for a number of bytes. */
  public JsonWriter(int capacity) {
    this.buffer = new byte[Math.max(16, capacity)];
  }

  private static long bit(char c) {
    return 1L << c;
  }

  /** Opens an object. */
  public JsonWriter beginObject() {
    return open('{');
  }

  /** Closes an object. */
  public JsonWriter endObject() {
    return close('}');
  }

  /** Opens a list. */
  public JsonWriter beginArray() {
    return open('[');
  }

  /** Closes a list. */
  public JsonWriter endArray() {
    return close(']');
  }

  private JsonWriter open(char bracket) {
    comma(1);
    buffer[size++] = (byte) bracket;
    needsComma = false;
    return this;
  }

  private JsonWriter close(char bracket) {
    ensure(1);
    buffer[size++] = (byte) bracket;
    needsComma = true;
    return this;
  }

  /** Writes a field's name; its value comes next. */
  public JsonWriter name(String name) {
    value(name);
    ensure(1);
    buffer[size++] = ':';
    needsComma = false;
    return this;
  }

  /** Writes a field whose value is a text. */
  public JsonWriter field(String name, String value) {
    return name(name).value(value);
  }

  /** Writes a text. */
  public JsonWriter value(String text) {
    int length = text.length();
    comma(length + 2);
    buffer[size++] = '"';
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c < 0x80 && !escaped(c)) {
        if (size == buffer.length) {
          ensure(length - i + 1);
        }
        buffer[size++] = (byte) c;
      } else {
        // One character becomes six bytes at the most.
        ensure(length - i + 6);
        if (c < 0x80) {
          escape(c);
        } else if (Character.isHighSurrogate(c)
            && i + 1 < length
            && Character.isLowSurrogate(text.charAt(i + 1))) {
          fourBytes(Character.toCodePoint(c, text.charAt(++i)));
        } else {
          twoOrThreeBytes(c);
        }
      }
    }
    ensure(1);
    buffer[size++] = '"';
    needsComma = true;
    return this;
  }

  private static boolean escaped(char c) {
    return c < 64 ? (LOW_ESCAPES >>> c & 1) != 0 : c == '\\';
  }

  private void escape(char c) {
    buffer[size++] = '\\';
    switch (c) {
      case '"', '\\' -> buffer[size++] = (byte) c;
      case '\n' -> buffer[size++] = 'n';
      case '\r' -> buffer[size++] = 'r';
      case '\t' -> buffer[size++] = 't';
      case '\b' -> buffer[size++] = 'b';
      case '\f' -> buffer[size++] = 'f';
      default -> unicode(c);
    }
  }

  private void unicode(int c) {
    buffer[size++] = 'u';
    buffer[size++] = HEX[c >> 12 & 0xf];
    buffer[size++] = HEX[c >> 8 & 0xf];
    buffer[size++] = HEX[c >> 4 & 0xf];
    buffer[size++] = HEX[c & 0xf];
  }

  private void twoOrThreeBytes(char c) {
    if (c == 0x2028 || c == 0x2029 || Character.isSurrogate(c)) {
      buffer[size++] = '\\';
      unicode(Character.isSurrogate(c) ? 0xfffd : c);
    } else if (c < 0x800) {
      buffer[size++] = (byte) (0xc0 | c >> 6);
      buffer[size++] = (byte) (0x80 | c & 0x3f);
    } else {
      buffer[size++] = (byte) (0xe0 | c >> 12);
      buffer[size++] = (byte) (0x80 | c >> 6 & 0x3f);
      buffer[size++] = (byte) (0x80 | c & 0x3f);
    }
  }

  private void fourBytes(int c) {
    buffer[size++] = (byte) (0xf0 | c >> 18);
    buffer[size++] = (byte) (0x80 | c >> 12 & 0x3f);
    buffer[size++] = (byte) (0x80 | c >> 6 & 0x3f);
    buffer[size++] = (byte) (0x80 | c & 0x3f);
  }

  /** Writes a whole number. */
  public JsonWriter value(long number) {
    return ascii(Long.toString(number));
  }

  /** Writes a number that may have a fraction; shortest text that reads back as the same. */
  public JsonWriter value(double number) {
    return ascii(Numbers.text(number));
  }

  /** Writes a truth value. */
  public JsonWriter value(boolean truth) {
    return ascii(truth ? "true" : "false");
  }

  /** Writes null. */
  public JsonWriter nullValue() {
    return ascii("null");
  }

  /** Writes a JSON value as it stands. */
  public JsonWriter raw(RawJson json) {
    return raw(json.json().getBytes(StandardCharsets.UTF_8));
  }

  /** Writes a JSON value as it stands, in UTF-8. */
  public JsonWriter raw(byte[] json) {
    return raw(json, 0, json.length);
  }

  /** Writes a JSON value as it stands: a part of an array. */
  public JsonWriter raw(byte[] json, int offset, int length) {
    comma(length);
    System.arraycopy(json, offset, buffer, size, length);
    size += length;
    needsComma = true;
    return this;
  }

  JsonWriter ascii(String text) {
    int length = text.length();
    comma(length);
    for (int i = 0; i < length; i++) {
      buffer[size++] = (byte) text.charAt(i);
    }
    needsComma = true;
    return this;
  }

  private void comma(int more) {
    ensure(more + 1);
    if (needsComma) {
      buffer[size++] = ',';
    }
  }

  private void ensure(int more) {
    if (buffer.length - size < more) {
      buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, size + more));
    }
  }

  /** The bytes written so far. */
  public int size() {
    return size;
  }

  /** A copy of what was written. */
  public byte[] toByteArray() {
    return Arrays.copyOf(buffer, size);
  }

  /** What was written, as text. */
  @Override
  public String toString() {
    return new String(buffer, 0, size, StandardCharsets.UTF_8);
  }
}
