package dev.tiphys.store.bolt;

import static dev.tiphys.store.bolt.BoltFile.BRANCH;
import static dev.tiphys.store.bolt.BoltFile.ELEMENT;
import static dev.tiphys.store.bolt.BoltFile.PAGE_HEADER;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A leaf or a branch that fills up, and is then given away as whole pages. Layout as in {@link
 * BoltFile}. Not thread-safe.
 */
final class BoltNode {
  private static final int USUAL = 4096;

  private final int kind;
  private final boolean sizeOnly;
  private ByteBuffer elements = buffer(USUAL);
  private ByteBuffer data = buffer(USUAL);
  private byte[] firstKey = new byte[0];
  private int count;
  private long dataBytes;

  /**
   * Makes an empty one.
   *
   * @param sizeOnly it is filled only to see how many pages it takes
   */
  BoltNode(int kind, boolean sizeOnly) {
    this.kind = kind;
    this.sizeOnly = sizeOnly;
  }

  /** How many elements it has. */
  int count() {
    return count;
  }

  byte[] firstKey() {
    return firstKey;
  }

  /** Bytes that it would take with one more element. */
  long sizeWith(int keyAndValueBytes) {
    return PAGE_HEADER + (count + 1L) * ELEMENT + dataBytes + keyAndValueBytes;
  }

  /** Adds a pair to a leaf. */
  void addPair(int flags, byte[] key, ByteBuffer value) {
    int valueBytes = value.remaining();
    if (!sizeOnly) {
      elements = withRoom(elements, ELEMENT);
      elements.putInt(flags).putInt((int) dataBytes).putInt(key.length).putInt(valueBytes);
      data = withRoom(data, key.length + valueBytes);
      data.put(key).put(value.duplicate());
    }
    added(key, valueBytes);
  }

  /** Adds a page below a branch. */
  void addChild(byte[] key, long page) {
    if (!sizeOnly) {
      elements = withRoom(elements, ELEMENT);
      elements.putInt((int) dataBytes).putInt(key.length).putLong(page);
      data = withRoom(data, key.length);
      data.put(key);
    }
    added(key, 0);
  }

  /** How many pages it takes. */
  long pages() {
    return Math.ceilDiv(PAGE_HEADER + (long) count * ELEMENT + dataBytes, BoltWriter.PAGE);
  }

  /** Its pages, from this number on; valid until something is added. */
  ByteBuffer[] content(long number) {
    var header =
        buffer(PAGE_HEADER)
            .putLong(number)
            .putShort((short) kind)
            .putShort((short) count)
            .putInt((int) pages() - 1);
    // A key's place is counted from its element on, which was not known before all were there.
    int field = kind == BRANCH ? 0 : 4;
    for (int i = 0; i < count; i++) {
      int at = i * ELEMENT + field;
      elements.putInt(at, (count - i) * ELEMENT + elements.getInt(at));
    }
    int used = PAGE_HEADER + elements.position() + data.position();
    var rest = ByteBuffer.allocate((int) (pages() * BoltWriter.PAGE - used));
    return new ByteBuffer[] {header.flip(), elements.flip(), data.flip(), rest};
  }

  /** Makes it empty again. */
  void clear() {
    count = 0;
    dataBytes = 0;
    elements.clear();
    // One big value is no reason to keep so much.
    data = data.capacity() > 2 * BoltWriter.LEAF ? buffer(USUAL) : data.clear();
  }

  private void added(byte[] key, int valueBytes) {
    if (count++ == 0) {
      firstKey = key;
    }
    dataBytes += key.length + valueBytes;
  }

  private static ByteBuffer withRoom(ByteBuffer buffer, int bytes) {
    if (bytes <= buffer.remaining()) {
      return buffer;
    }
    int size = Math.max(2 * buffer.capacity(), buffer.position() + bytes);
    var larger = ByteBuffer.wrap(Arrays.copyOf(buffer.array(), size));
    return larger.order(ByteOrder.LITTLE_ENDIAN).position(buffer.position());
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
