package dev.tiphys.apiserver.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/** Writes a message of etcd's API. Not thread-safe. */
final class EtcdWriter {

  private static final int VARINT = 0;
  private static final int BYTES = 2;
  private static final int LONGEST_VARINT = 10;

  private byte[] bytes = new byte[128];
  private int size;

  /** An empty message. */
  EtcdWriter() {}

  /** A number; written even if it is 0, for in a union that says which member it is. */
  EtcdWriter number(int field, long value) {
    varint((long) field << 3 | VARINT);
    varint(value);
    return this;
  }

  EtcdWriter text(int field, String value) {
    return bytes(field, value.getBytes(UTF_8));
  }

  EtcdWriter bytes(int field, byte[] value) {
    return bytes(field, value, value.length);
  }

  EtcdWriter message(int field, EtcdWriter value) {
    return bytes(field, value.bytes, value.size);
  }

  private EtcdWriter bytes(int field, byte[] value, int length) {
    varint((long) field << 3 | BYTES);
    varint(length);
    room(length);
    System.arraycopy(value, 0, bytes, size, length);
    size += length;
    return this;
  }

  private void varint(long value) {
    room(LONGEST_VARINT);
    long left = value;
    while ((left & ~0x7fL) != 0) {
      bytes[size++] = (byte) (left | 0x80);
      left >>>= 7;
    }
    bytes[size++] = (byte) left;
  }

  private void room(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
    }
  }

  byte[] done() {
    return Arrays.copyOf(bytes, size);
  }
}
