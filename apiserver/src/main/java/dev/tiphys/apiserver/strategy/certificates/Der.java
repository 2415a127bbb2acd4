package dev.tiphys.apiserver.strategy.certificates;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;

/**
 * A value in DER (X.690): a tag, and where it and its content are in the bytes. As much as it takes
 * to look into a certificate request.
 *
 * @param bytes that hold it, shared
 * @param start of the value
 * @param body where its content begins
 * @param end behind its content
 */
@SuppressWarnings("ArrayRecordComponent") // a view of bytes that nobody changes
record Der(byte[] bytes, int start, int body, int end) {

  static final int SEQUENCE = 0x30;
  private static final int OBJECT_ID = 0x06;
  private static final int BIT_STRING = 0x03;

  /**
   * The one value that bytes hold.
   *
   * @throws IllegalArgumentException if they hold something else
   */
  static Der of(byte[] bytes) {
    Der whole = at(bytes, 0, bytes.length);
    if (whole.end != bytes.length) {
      throw new IllegalArgumentException("trailing data");
    }
    return whole;
  }

  private static Der at(byte[] bytes, int start, int limit) {
    if (limit - start < 2) {
      throw new IllegalArgumentException("truncated");
    }
    int length = bytes[start + 1];
    int body = start + 2;
    if (length < 0) {
      int count = length & 0x7f;
      if (count == 0 || count > 3 || body + count > limit) {
        throw new IllegalArgumentException("invalid length");
      }
      length = 0;
      for (int i = 0; i < count; i++) {
        length = length << 8 | bytes[body + i] & 0xff;
      }
      body += count;
    }
    if (length > limit - body) {
      throw new IllegalArgumentException("data truncated");
    }
    return new Der(bytes, start, body, body + length);
  }

  private void mustBe(int tag) {
    if ((bytes[start] & 0xff) != tag) {
      throw new IllegalArgumentException("tags don't match");
    }
  }

  /** The values of a sequence. */
  List<Der> elements() {
    mustBe(SEQUENCE);
    List<Der> elements = new ArrayList<>();
    for (int at = body; at < end; ) {
      Der element = at(bytes, at, end);
      elements.add(element);
      at = element.end;
    }
    return elements;
  }

  /** The value with its tag. */
  byte[] whole() {
    return Arrays.copyOfRange(bytes, start, end);
  }

  /** The bytes of a bit string without unused bits. */
  byte[] bits() {
    mustBe(BIT_STRING);
    if (body == end || bytes[body] != 0) {
      throw new IllegalArgumentException("invalid padding bits in BIT STRING");
    }
    return Arrays.copyOfRange(bytes, body + 1, end);
  }

  /** An object identifier with dots. */
  String objectId() {
    mustBe(OBJECT_ID);
    StringJoiner text = new StringJoiner(".");
    long part = 0;
    boolean first = true;
    for (int i = body; i < end; i++) {
      part = part << 7 | bytes[i] & 0x7f;
      if (bytes[i] < 0) {
        continue;
      }
      if (first) {
        long root = Math.min(part / 40, 2);
        text.add(Long.toString(root)).add(Long.toString(part - root * 40));
        first = false;
      } else {
        text.add(Long.toString(part));
      }
      part = 0;
    }
    return text.toString();
  }
}
