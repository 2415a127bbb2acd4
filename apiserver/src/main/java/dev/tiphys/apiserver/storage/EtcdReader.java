package dev.tiphys.apiserver.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * Reads a message of etcd's API, field by field: {@link #next}, then {@link #field} tells which,
 * and its value may be asked for once. Not thread-safe.
 */
final class EtcdReader {

  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private final byte[] bytes;
  private final int end;
  private int at;
  private int field;
  private long number;
  private int from;
  private int to;

  private EtcdReader(byte[] bytes, int at, int end) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  static EtcdReader of(byte[] message) {
    return new EtcdReader(message, 0, message.length);
  }

  /**
   * Goes to the next field; false at the end.
   *
   * @throws StorageException.Unavailable if this is no message
   */
  boolean next() {
    if (at >= end) {
      return false;
    }
    int tag = (int) varint();
    field = tag >>> 3;
    switch (tag & 7) {
      case VARINT -> number = varint();
      case BYTES -> {
        long length = varint();
        if (length < 0 || length > end - at) {
          throw broken();
        }
        from = at;
        to = at + (int) length;
        at = to;
      }
      case FIXED64 -> skip(Long.BYTES);
      case FIXED32 -> skip(Integer.BYTES);
      default -> throw broken();
    }
    return true;
  }

  /** The number of the field. */
  int field() {
    return field;
  }

  long number() {
    return number;
  }

  boolean flag() {
    return number != 0;
  }

  byte[] bytes() {
    return Arrays.copyOfRange(bytes, from, to);
  }

  String text() {
    return new String(bytes, from, to - from, UTF_8);
  }

  EtcdReader message() {
    return new EtcdReader(bytes, from, to);
  }

  private void skip(int length) {
    if (end - at < length) {
      throw broken();
    }
    at += length;
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      if (at >= end) {
        throw broken();
      }
      byte next = bytes[at++];
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw broken();
  }

  private static StorageException.Unavailable broken() {
    return new StorageException.Unavailable("the store's answer is not a message", null);
  }
}
