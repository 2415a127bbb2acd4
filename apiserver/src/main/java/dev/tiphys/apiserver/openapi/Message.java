package dev.tiphys.apiserver.openapi;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A protobuf message being built, field by field. For one thread. */
final class Message {

  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int LENGTH_DELIMITED = 2;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  Message text(int number, String value) {
    return bytes(number, value.getBytes(StandardCharsets.UTF_8));
  }

  Message flag(int number, boolean value) {
    varint((long) number << 3 | VARINT);
    varint(value ? 1 : 0);
    return this;
  }

  Message whole(int number, long value) {
    varint((long) number << 3 | VARINT);
    varint(value);
    return this;
  }

  Message decimal(int number, double value) {
    varint((long) number << 3 | FIXED64);
    long bits = Double.doubleToLongBits(value);
    for (int i = 0; i < Long.BYTES; i++) {
      out.write((int) (bits >>> (8 * i)));
    }
    return this;
  }

  Message message(int number, Message value) {
    return bytes(number, value.toBytes());
  }

  private Message bytes(int number, byte[] value) {
    varint((long) number << 3 | LENGTH_DELIMITED);
    varint(value.length);
    out.writeBytes(value);
    return this;
  }

  private void varint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  byte[] toBytes() {
    return out.toByteArray();
  }
}
