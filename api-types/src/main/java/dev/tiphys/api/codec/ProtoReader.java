package dev.tiphys.api.codec;

import dev.tiphys.api.value.SharedTexts;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads protobuf from a part of an array. Not thread-safe. */
final class ProtoReader {

  static final int VARINT = 0;
  static final int FIXED64 = 1;
  static final int LENGTH_DELIMITED = 2;
  static final int FIXED32 = 5;

  private final byte[] bytes;
  private int pos;
  private int end;

  ProtoReader(byte[] bytes, int offset, int length) {
    this.bytes = bytes;
    this.pos = offset;
    this.end = offset + length;
  }

  boolean atEnd() {
    return pos >= end;
  }

  int position() {
    return pos;
  }

  /** Narrows to the message that follows; gives what {@link #leave} wants afterwards. */
  int enter() {
    int length = length();
    int outer = end;
    end = pos + length;
    return outer;
  }

  void leave(int outer) {
    pos = end;
    end = outer;
  }

  long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (pos >= end) {
        throw malformed("unexpected EOF");
      }
      byte b = bytes[pos++];
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw malformed("integer overflow");
  }

  /** Field number and wire type. */
  int tag() {
    long tag = varint();
    if (tag >>> 3 == 0 || tag > 0xffff_ffffL) {
      throw malformed("illegal tag " + tag);
    }
    return (int) tag;
  }

  long fixed64() {
    need(8);
    long value = 0;
    for (int i = 7; i >= 0; i--) {
      value = value << 8 | bytes[pos + i] & 0xff;
    }
    pos += 8;
    return value;
  }

  private int length() {
    long length = varint();
    if (length < 0 || length > end - pos) {
      throw malformed("unexpected EOF");
    }
    return (int) length;
  }

  String text() {
    int length = length();
    String text = new String(bytes, pos, length, StandardCharsets.UTF_8);
    pos += length;
    return SharedTexts.share(text);
  }

  byte[] byteString() {
    int length = length();
    pos += length;
    return Arrays.copyOfRange(bytes, pos - length, pos);
  }

  void skip(int tag) {
    switch (tag & 7) {
      case VARINT -> varint();
      case FIXED64 -> advance(8);
      case LENGTH_DELIMITED -> advance(length());
      case FIXED32 -> advance(4);
      default -> throw malformed("illegal wireType " + (tag & 7));
    }
  }

  private void advance(int count) {
    need(count);
    pos += count;
  }

  private void need(int count) {
    if (end - pos < count) {
      throw malformed("unexpected EOF");
    }
  }

  DecodeException malformed(String what) {
    return DecodeException.syntax("proto: " + what, pos, null);
  }
}
