package dev.tiphys.store.mvcc;

import com.google.protobuf.ByteString;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An interval of keys in byte order, as key and range_end say it: no range_end means one key, a
 * single zero byte means all keys from {@code from} on.
 *
 * @param from the first key
 * @param to the first key after it; null: no end
 */
@SuppressWarnings(
    "ArrayRecordComponent") // compared by content below; never handed out to be changed
public record KeyRange(byte[] from, byte @Nullable [] to) {
  /** No key at all. */
  static final KeyRange NONE = new KeyRange(new byte[0], new byte[0]);

  /** From the two fields of a request. */
  public static KeyRange of(ByteString key, ByteString rangeEnd) {
    byte[] from = key.toByteArray();
    if (rangeEnd.isEmpty()) {
      return single(from);
    }
    if (rangeEnd.size() == 1 && rangeEnd.byteAt(0) == 0) {
      return new KeyRange(from, null);
    }
    return new KeyRange(from, rangeEnd.toByteArray());
  }

  /** One key. */
  static KeyRange single(byte[] key) {
    return new KeyRange(key, Arrays.copyOf(key, key.length + 1));
  }

  /** True when it can hold no more than one key. */
  public boolean isSingle() {
    return to != null
        && to.length == from.length + 1
        && to[from.length] == 0
        && Arrays.mismatch(from, 0, from.length, to, 0, from.length) < 0;
  }

  /** True when no key can be in it. */
  public boolean isEmpty() {
    return to != null && Arrays.compareUnsigned(from, to) >= 0;
  }

  /** True when the key lies in it. */
  public boolean contains(byte[] key) {
    return Arrays.compareUnsigned(from, key) <= 0
        && (to == null || Arrays.compareUnsigned(key, to) < 0);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof KeyRange(var f, var t)
        && Arrays.equals(from, f)
        && Arrays.equals(to, t);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(from) + Arrays.hashCode(to);
  }

  @Override
  public String toString() {
    return "["
        + ByteString.copyFrom(from).toStringUtf8()
        + ", "
        + (to == null ? "end" : ByteString.copyFrom(to).toStringUtf8())
        + ")";
  }
}
