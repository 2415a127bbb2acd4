package dev.tiphys.api.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes protobuf from the end to the beginning, so that the length of a message is known when it
 * is to be written, which is after what the message holds. Not thread-safe.
 */
final class ProtoWriter {

  private byte[] buffer;
  private int start;

  ProtoWriter(int capacity) {
    buffer = new byte[Math.max(64, capacity)];
    start = buffer.length;
  }

  /** The bytes written so far; what is written next stands before them. */
  int size() {
    return buffer.length - start;
  }

  byte[] toByteArray() {
    return Arrays.copyOfRange(buffer, start, buffer.length);
  }

  void bytes(byte[] bytes) {
    bytes(bytes, 0, bytes.length);
  }

  void bytes(byte[] bytes, int offset, int length) {
    ensure(length);
    start -= length;
    System.arraycopy(bytes, offset, buffer, start, length);
  }

  /** Text in UTF-8, without its length. */
  void text(String text) {
    int length = text.length();
    ensure(length);
    int mark = start;
    for (int i = length - 1; i >= 0; i--) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        start = mark;
        bytes(text.getBytes(StandardCharsets.UTF_8));
        return;
      }
      buffer[--start] = (byte) c;
    }
  }

  void varint(long value) {
    ensure(10);
    int length = varintSize(value);
    start -= length;
    int at = start;
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      buffer[at++] = (byte) (rest & 0x7f | 0x80);
      rest >>>= 7;
    }
    buffer[at] = (byte) rest;
  }

  static int varintSize(long value) {
    return (70 - Long.numberOfLeadingZeros(value | 1)) / 7;
  }

  void fixed64(long value) {
    ensure(8);
    for (int shift = 56; shift >= 0; shift -= 8) {
      buffer[--start] = (byte) (value >>> shift);
    }
  }

  void tag(int number, int wireType) {
    varint((long) number << 3 | wireType);
  }

  /** The length of what was written since a size, and the tag of a field that holds it. */
  void endField(int number, int sizeBefore) {
    varint(size() - sizeBefore);
    tag(number, ProtoReader.LENGTH_DELIMITED);
  }

  private void ensure(int more) {
    if (start < more) {
      int size = size();
      byte[] larger = new byte[Math.max(buffer.length * 2, size + more)];
      System.arraycopy(buffer, start, larger, larger.length - size, size);
      buffer = larger;
      start = larger.length - size;
    }
  }
}
