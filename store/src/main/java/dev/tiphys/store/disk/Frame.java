package dev.tiphys.store.disk;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * One record of the log. On disk, big-endian:
 *
 * <pre>
 *   u32 length of all that follows the checksum
 *   u32 CRC32C of the length and of all that follows the checksum
 *   u8  kind, u8 flags (1: last frame of its Raft entry; 2: earlier entries were synced before)
 *   u32 number of the record in its revision, u32 Raft term, i64 Raft index
 *   payload
 * </pre>
 *
 * <p>In segments of format 1 the term has 64 bits, and no number is known.
 *
 * <p>The frames of one Raft entry count only together: an entry whose last frame is missing never
 * happened.
 *
 * @param number the how manieth record of its revision it is, from 0; 0 in format 1
 * @param last it is the last one of its entry
 * @param afterSync when it was written, every entry with a lower index was already durable in this
 *     log, and the entry before it has the index before: what is missing before it is no torn end
 */
public record Frame(
    Kind kind,
    int number,
    boolean last,
    boolean afterSync,
    long term,
    long index,
    ByteBuffer payload) {
  /** Bytes before the payload. */
  public static final int OVERHEAD = 26;

  static final int PREFIX = 8;
  static final int LAST = 1;
  static final int AFTER_SYNC = 2;

  /** What the payload is. The code is the on-disk format. */
  public enum Kind {
    /** {@code mvccpb.KeyValue}: a key was written. */
    PUT(1),
    /** {@code mvccpb.KeyValue} with key and mod_revision only: a key was deleted. */
    DELETE(2),
    /** {@code tiphys.store.record.SystemChange}. */
    SYSTEM(3);

    private final byte code;

    Kind(int code) {
      this.code = (byte) code;
    }

    private static Kind of(byte code) {
      return switch (code) {
        case 1 -> PUT;
        case 2 -> DELETE;
        case 3 -> SYSTEM;
        default -> throw new IllegalArgumentException("unknown kind of frame " + code);
      };
    }
  }

  /** Writes a frame; {@code target} must have room for {@link #OVERHEAD} bytes and the payload. */
  static void write(
      ByteBuffer target,
      Kind kind,
      int flags,
      int number,
      long term,
      long index,
      byte[] payload,
      CRC32C crc) {
    int start = head(target, kind, flags, number, term, index, payload.length);
    target.put(payload);
    finish(target, start, crc);
  }

  /** As the other one; the payload is encoded where it is to be. */
  static void write(
      ByteBuffer target,
      Kind kind,
      int flags,
      int number,
      long term,
      long index,
      MessageLite payload,
      CRC32C crc)
      throws IOException {
    int start = head(target, kind, flags, number, term, index, payload.getSerializedSize());
    var encoder = CodedOutputStream.newInstance(target);
    payload.writeTo(encoder);
    encoder.flush(); // moves the position
    finish(target, start, crc);
  }

  private static int head(
      ByteBuffer target, Kind kind, int flags, int number, long term, long index, int length) {
    int start = target.position();
    target.putInt(OVERHEAD - PREFIX + length);
    target.putInt(0);
    target.put(kind.code).put((byte) flags);
    target.putInt(number).putInt((int) term).putLong(index);
    return start;
  }

  private static void finish(ByteBuffer target, int start, CRC32C crc) {
    target.putInt(start + 4, checksum(target, start, target.position() - start, crc));
  }

  /** The same frame with a payload of its own. */
  Frame copy() {
    var bytes = ByteBuffer.allocate(payload.remaining()).put(payload.duplicate()).flip();
    return new Frame(kind, number, last, afterSync, term, index, bytes);
  }

  /** Marks a frame already written as the last of its entry. */
  static void seal(ByteBuffer target, int start, int length, CRC32C crc) {
    target.put(start + 9, (byte) (target.get(start + 9) | LAST));
    target.putInt(start + 4, checksum(target, start, length, crc));
  }

  /** The length of a whole frame from its first four bytes, or -1 when they cannot begin one. */
  static int wholeLength(int lengthField, int maxFrame) {
    return lengthField < OVERHEAD - PREFIX || lengthField > maxFrame - PREFIX
        ? -1
        : lengthField + PREFIX;
  }

  /**
   * True when the checksum of the frame that fills {@code length} bytes at {@code start} is right.
   */
  static boolean intact(ByteBuffer source, int start, int length, CRC32C crc) {
    return source.getInt(start) == length - PREFIX
        && source.getInt(start + 4) == checksum(source, start, length, crc);
  }

  /** False for most bytes that no frame begins with; costs nothing. */
  static boolean plausible(ByteBuffer source, int start) {
    int kind = source.get(start + 8);
    int flags = source.get(start + 9);
    return kind >= Kind.PUT.code && kind <= Kind.SYSTEM.code && (flags & ~(LAST | AFTER_SYNC)) == 0;
  }

  /** Reads a frame that is {@link #intact}; the payload is a view of {@code source}. */
  static Frame parse(ByteBuffer source, int start, int length) {
    return new Frame(
        Kind.of(source.get(start + 8)),
        source.getInt(start + 10),
        (source.get(start + 9) & LAST) != 0,
        (source.get(start + 9) & AFTER_SYNC) != 0,
        source.getInt(start + 14) & 0xFFFF_FFFFL,
        source.getLong(start + 18),
        source.slice(start + OVERHEAD, length - OVERHEAD));
  }

  private static int checksum(ByteBuffer buffer, int start, int length, CRC32C crc) {
    return checksum(buffer.duplicate(), buffer.limit(), start, length, crc);
  }

  /** As {@link #intact} for many: moves the position of a buffer that nobody else reads by it. */
  static boolean intactByPosition(ByteBuffer source, int start, int length, CRC32C crc) {
    return source.getInt(start) == length - PREFIX
        && source.getInt(start + 4) == checksum(source, source.limit(), start, length, crc);
  }

  private static int checksum(ByteBuffer view, int limit, int start, int length, CRC32C crc) {
    crc.reset();
    crc.update(view.limit(start + 4).position(start));
    crc.update(view.limit(start + length).position(start + PREFIX));
    view.limit(limit);
    return (int) crc.getValue();
  }
}
