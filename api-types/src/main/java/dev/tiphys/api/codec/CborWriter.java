package dev.tiphys.api.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Builds one CBOR data item (RFC 8949) with definite lengths and the shortest heads. Texts are
 * written as byte strings, as upstream writes them, for those need no valid UTF-8. Not thread-safe.
 */
final class CborWriter {

  static final int UNSIGNED = 0;
  static final int NEGATIVE = 1;
  static final int BYTES = 2;
  static final int TEXT = 3;
  static final int ARRAY = 4;
  static final int MAP = 5;
  static final int TAG = 6;
  static final int SIMPLE = 7;

  /** Tag 55799: the item is CBOR. */
  static final int SELF_DESCRIBED = 55_799;

  /** Tag 22: bytes that become base64 where only text is to be had. */
  static final int BASE64 = 22;

  private byte[] buffer = new byte[512];
  private int size;

  CborWriter map(int entries) {
    return head(MAP, entries);
  }

  CborWriter array(int elements) {
    return head(ARRAY, elements);
  }

  CborWriter tag(int number) {
    return head(TAG, number);
  }

  CborWriter value(String text) {
    return bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  CborWriter bytes(byte[] bytes) {
    return head(BYTES, bytes.length).raw(bytes);
  }

  CborWriter value(long number) {
    return number < 0 ? head(NEGATIVE, ~number) : head(UNSIGNED, number);
  }

  CborWriter value(boolean truth) {
    return head(SIMPLE, truth ? 21 : 20);
  }

  CborWriter nullValue() {
    return head(SIMPLE, 22);
  }

  /** Writes a number in the shortest form that keeps its value. */
  CborWriter value(double number) {
    ensure(9);
    float single = (float) number;
    if (single != number) {
      return fixed(SIMPLE << 5 | 27, Double.doubleToRawLongBits(number), 8);
    }
    short half = Float.floatToFloat16(single);
    return Float.float16ToFloat(half) == single
        ? fixed(SIMPLE << 5 | 25, half & 0xffff, 2)
        : fixed(SIMPLE << 5 | 26, Float.floatToRawIntBits(single) & 0xffff_ffffL, 4);
  }

  /** Writes an item that is encoded already. */
  CborWriter raw(byte[] item) {
    ensure(item.length);
    System.arraycopy(item, 0, buffer, size, item.length);
    size += item.length;
    return this;
  }

  private CborWriter head(int major, long argument) {
    ensure(9);
    int type = major << 5;
    if (argument < 0 || argument > 0xffff_ffffL) {
      return fixed(type | 27, argument, 8);
    }
    if (argument > 0xffff) {
      return fixed(type | 26, argument, 4);
    }
    if (argument > 0xff) {
      return fixed(type | 25, argument, 2);
    }
    if (argument >= 24) {
      return fixed(type | 24, argument, 1);
    }
    buffer[size++] = (byte) (type | (int) argument);
    return this;
  }

  private CborWriter fixed(int initial, long bits, int width) {
    buffer[size++] = (byte) initial;
    for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) {
      buffer[size++] = (byte) (bits >>> shift);
    }
    return this;
  }

  private void ensure(int more) {
    if (buffer.length - size < more) {
      buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, size + more));
    }
  }

  byte[] toByteArray() {
    return Arrays.copyOf(buffer, size);
  }
}
