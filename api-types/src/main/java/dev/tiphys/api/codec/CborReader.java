package dev.tiphys.api.codec;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;

/**
 * Turns one CBOR data item into JSON, by the rules upstream reads by (KEP-4222): byte strings are
 * texts, bytes under an expected encoding are encoded so, keys of maps are distinct, and what JSON
 * cannot say is refused. One instance an item; not thread-safe.
 */
final class CborReader {

  private static final int INDEFINITE = 31;
  private static final int BREAK = 0xff;
  private static final int BASE64_URL = 21;
  private static final int BASE16 = 23;
  private static final int BIGNUM = 2;
  private static final int NEGATIVE_BIGNUM = 3;

  private final byte[] in;
  private final JsonWriter out;
  private int at;
  private int depth;

  CborReader(byte[] item) {
    this.in = item;
    this.out = new JsonWriter(2 * item.length);
  }

  /**
   * Reads the item.
   *
   * @throws DecodeException if it is malformed, is followed by something, or means nothing in JSON
   */
  byte[] toJson() {
    value();
    if (at < in.length) {
      throw bad((in.length - at) + " bytes of extraneous data starting at index " + at);
    }
    return out.toByteArray();
  }

  private void value() {
    int initial = next();
    int major = initial >> 5;
    int info = initial & 31;
    switch (major) {
      case CborWriter.UNSIGNED -> out.value(whole(info));
      case CborWriter.NEGATIVE -> out.value(~whole(info));
      case CborWriter.BYTES, CborWriter.TEXT -> out.value(text(major, info));
      case CborWriter.ARRAY -> array(info);
      case CborWriter.MAP -> map(info);
      case CborWriter.TAG -> tagged(argument(info));
      default -> simple(info);
    }
  }

  private void enter() {
    if (++depth > Limits.MAX_CBOR_DEPTH) {
      throw DecodeException.limit("cbor: exceeded max nested level " + Limits.MAX_CBOR_DEPTH);
    }
  }

  private void array(int info) {
    enter();
    out.beginArray();
    if (info == INDEFINITE) {
      while (!atBreak()) {
        value();
      }
    } else {
      for (long left = whole(info); left > 0; left--) {
        value();
      }
    }
    out.endArray();
    depth--;
  }

  private void map(int info) {
    enter();
    out.beginObject();
    Set<String> keys = new HashSet<>();
    if (info == INDEFINITE) {
      while (!atBreak()) {
        entry(keys);
      }
    } else {
      for (long left = whole(info); left > 0; left--) {
        entry(keys);
      }
    }
    out.endObject();
    depth--;
  }

  private void entry(Set<String> keys) {
    int initial = next();
    int major = initial >> 5;
    if (major != CborWriter.BYTES && major != CborWriter.TEXT) {
      throw bad("cbor: a map has a key that is no string, before index " + at);
    }
    String key = text(major, initial & 31);
    if (!keys.add(key)) {
      throw bad("cbor: found duplicate map key \"" + key + "\" before index " + at);
    }
    out.name(key);
    value();
  }

  private boolean atBreak() {
    if (at < in.length && (in[at] & 0xff) == BREAK) {
      at++;
      return true;
    }
    return false;
  }

  private void tagged(long tag) {
    enter();
    if (tag == BIGNUM || tag == NEGATIVE_BIGNUM) {
      throw bad("cbor: a number does not fit into 64 bits, before index " + at);
    }
    int initial = next();
    if (initial >> 5 == CborWriter.BYTES) {
      byte[] bytes = bytes(CborWriter.BYTES, initial & 31);
      switch ((int) Math.min(tag, Integer.MAX_VALUE)) {
        case BASE64_URL -> out.value(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
        case CborWriter.BASE64 -> out.value(Base64.getEncoder().encodeToString(bytes));
        case BASE16 -> out.value(HexFormat.of().withUpperCase().formatHex(bytes));
        default -> out.value(utf8(bytes));
      }
    } else {
      at--;
      value();
    }
    depth--;
  }

  private void simple(int info) {
    switch (info) {
      case 20 -> out.value(false);
      case 21 -> out.value(true);
      case 22, 23 -> out.nullValue();
      case 25 -> fraction(Float.float16ToFloat((short) argument(info)));
      case 26 -> fraction(Float.intBitsToFloat((int) argument(info)));
      case 27 -> fraction(Double.longBitsToDouble(argument(info)));
      default -> throw bad("cbor: a simple value that JSON does not have, before index " + at);
    }
  }

  private void fraction(double number) {
    if (!Double.isFinite(number)) {
      throw bad("cbor: a number that JSON does not have, before index " + at);
    }
    out.value(number);
  }

  private long whole(int info) {
    long number = argument(info);
    if (number < 0) {
      throw bad("cbor: a number does not fit into 64 bits, before index " + at);
    }
    return number;
  }

  private String text(int major, int info) {
    return utf8(bytes(major, info));
  }

  private String utf8(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw DecodeException.syntax("cbor: invalid UTF-8 string, before index " + at, at, e);
    }
  }

  private byte[] bytes(int major, int info) {
    if (info != INDEFINITE) {
      return chunk(argument(info));
    }
    byte[] joined = {};
    while (!atBreak()) {
      int initial = next();
      if (initial >> 5 != major || (initial & 31) == INDEFINITE) {
        throw bad("cbor: a string has a chunk of another type, before index " + at);
      }
      byte[] more = chunk(argument(initial & 31));
      joined = Arrays.copyOf(joined, joined.length + more.length);
      System.arraycopy(more, 0, joined, joined.length - more.length, more.length);
    }
    return joined;
  }

  private byte[] chunk(long length) {
    if (length < 0 || length > in.length - at) {
      throw ended();
    }
    at += (int) length;
    return Arrays.copyOfRange(in, at - (int) length, at);
  }

  /** The number in an item's head; a negative one is above 2⁶³. */
  private long argument(int info) {
    if (info < 24) {
      return info;
    }
    if (info > 27) {
      throw bad("cbor: invalid additional information " + info + ", before index " + at);
    }
    long number = 0;
    for (int left = 1 << info - 24; left > 0; left--) {
      number = number << 8 | next();
    }
    return number;
  }

  private int next() {
    if (at == in.length) {
      throw ended();
    }
    return in[at++] & 0xff;
  }

  private DecodeException ended() {
    return bad("unexpected EOF");
  }

  private DecodeException bad(String message) {
    return DecodeException.syntax(message, at, null);
  }
}
