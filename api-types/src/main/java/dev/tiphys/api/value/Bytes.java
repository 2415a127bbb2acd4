package dev.tiphys.api.value;

import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** An immutable byte string. Its {@code toString} tells only its length, for it may be a secret. */
public final class Bytes {

  /** No bytes. */
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private final byte[] bytes;

  private Bytes(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A copy of an array. */
  public static Bytes copyOf(byte[] bytes) {
    return bytes.length == 0 ? EMPTY : new Bytes(bytes.clone());
  }

  /**
   * Decodes standard base64.
   *
   * @throws IllegalArgumentException if the text is not base64
   */
  public static Bytes fromBase64(String text) {
    byte[] decoded = Base64.getDecoder().decode(text);
    return decoded.length == 0 ? EMPTY : new Bytes(decoded);
  }

  /** A copy as an array. */
  public byte[] toByteArray() {
    return bytes.clone();
  }

  /** Standard base64 with padding, the form in JSON. */
  public String toBase64() {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** The number of bytes. */
  public int size() {
    return bytes.length;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Bytes that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "Bytes[" + bytes.length + "]";
  }
}
