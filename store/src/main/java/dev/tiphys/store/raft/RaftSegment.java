package dev.tiphys.store.raft;

import dev.tiphys.store.disk.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One segment of Ratis' log, read whole, and walked from entry to entry: {@code RaftLog1}, then
 * entries: varint length, that many bytes, u32 CRC32C of both; then zeros. An entry begins with its
 * term and its index. For one thread.
 */
final class RaftSegment {
  /**
   * Entries that Ratis writes before it syncs them, at the most: whoever finds a whole one so far
   * behind something torn knows that this was synced.
   */
  static final int UNSYNCED = 128;

  private static final byte[] MAGIC = "RaftLog1".getBytes(StandardCharsets.US_ASCII);
  private static final int CHECKSUM = 4;
  private static final int TERM_TAG = 0x08;
  private static final int INDEX_TAG = 0x10;
  private static final int MAX_VARINT_BYTES = 10;
  private static final int MAX_LENGTH_BYTES = 5;

  private final Name name;
  private final ByteBuffer bytes;
  private final CRC32C crc = new CRC32C();
  private int end;
  private Heading current = new Heading(0, 0, 0, 0);
  private long index;

  /** How an entry begins, and where what follows its length lies. */
  private record Heading(int start, int body, int length, long index) {
    int end() {
      return body + length + CHECKSUM;
    }
  }

  /**
   * What a file name says.
   *
   * @param first the index of its first entry
   * @param last the index of its last one; negative while entries are added
   */
  record Name(String file, long first, long last) {
    private static final String PREFIX = "log_";
    private static final String OPEN = "inprogress_";

    /** Null for the name of something else. */
    static @Nullable Name parse(String file) {
      if (!file.startsWith(PREFIX)) {
        return null;
      }
      var numbers = file.substring(PREFIX.length());
      try {
        if (numbers.startsWith(OPEN)) {
          return new Name(file, Long.parseLong(numbers.substring(OPEN.length())), -1);
        }
        int dash = numbers.indexOf('-');
        return dash < 0
            ? null
            : new Name(
                file,
                Long.parseLong(numbers.substring(0, dash)),
                Long.parseLong(numbers.substring(dash + 1)));
      } catch (NumberFormatException e) {
        return null;
      }
    }

    /** The file name of a segment that nothing is added to. */
    static String closed(long first, long last) {
      return PREFIX + first + "-" + last;
    }

    boolean isOpen() {
      return last < 0;
    }
  }

  RaftSegment(Name name, ByteBuffer bytes) {
    this.name = name;
    this.bytes = bytes;
    this.index = name.first - 1;
    this.end = isWholeHeader() ? MAGIC.length : 0;
  }

  static RaftSegment read(Disk disk, Name name) throws IOException {
    try (var file = disk.open(name.file)) {
      var bytes = ByteBuffer.allocate(Math.toIntExact(file.size()));
      file.read(bytes, 0);
      return new RaftSegment(name, bytes.flip());
    }
  }

  /**
   * Goes to the next entry; false behind the last one that is whole and has the next index. What is
   * in a closed segment behind the entry that its name says is of no account: it was taken back.
   */
  boolean next() {
    if (!name.isOpen() && index >= name.last) {
      return false;
    }
    var heading = end == 0 ? null : heading(end);
    if (heading == null || heading.index != index + 1 || !isIntact(heading)) {
      return false;
    }
    current = heading;
    index++;
    end = heading.end();
    return true;
  }

  /** The entry's bytes, as {@code LogEntryProto}. */
  ByteBuffer entry() {
    return bytes.slice(current.body, current.length);
  }

  /** The index of the entry; before the first one, that of the one before this segment. */
  long index() {
    return index;
  }

  Name name() {
    return name;
  }

  /** Where the last whole entry ends; 0 when not even the header is whole. */
  int end() {
    return end;
  }

  /** The size of the file. */
  int size() {
    return bytes.limit();
  }

  /** True when there is nothing but zeros behind the whole entries. */
  boolean isAtEnd() {
    for (int i = end; i < bytes.limit(); i++) {
      if (bytes.get(i) != 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether entries at its end were taken back, and it has not got its new name yet. Call it when
   * {@link #next} has said false, and of the last segment only.
   *
   * @param applied the last entry that this member has applied, and nobody takes back
   */
  boolean isTakenBack(long applied) {
    return !name.isOpen()
        && index >= Math.max(name.first, applied)
        && index < name.last
        && end == bytes.limit();
  }

  /**
   * Whether what is missing behind the whole entries was synced once. Call it when {@link #next}
   * has said false; it goes nowhere after that.
   *
   * @param applied the last entry that this member has applied, which Ratis lets it do with synced
   *     ones only
   * @param durable up to which entry the log may be missing, for the state has come from elsewhere
   */
  boolean hasLostSynced(long applied, long durable) {
    boolean empty = isAtEnd();
    if (index < applied && (index >= durable || !empty)) {
      return true;
    }
    return !empty && isFollowed();
  }

  private boolean isFollowed() {
    for (int at = end; at < bytes.limit(); at++) {
      var heading = heading(at);
      if (heading != null && heading.index > index + UNSYNCED && isIntact(heading)) {
        return true;
      }
    }
    return false;
  }

  private boolean isWholeHeader() {
    return bytes.limit() >= MAGIC.length
        && bytes.slice(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC));
  }

  private boolean isIntact(Heading heading) {
    crc.reset();
    crc.update(bytes.slice(heading.start, heading.body - heading.start + heading.length));
    return (int) crc.getValue() == bytes.getInt(heading.body + heading.length);
  }

  /** Null when no entry begins there, which costs next to nothing to see. */
  private @Nullable Heading heading(int start) {
    int body = varintEnd(start);
    if (body < 0 || body - start > MAX_LENGTH_BYTES) {
      return null;
    }
    long length = varint(start);
    if (length <= 0 || length > bytes.limit() - body - CHECKSUM) {
      return null;
    }
    // A number that is 0 is left out.
    int afterTerm = fieldEnd(body, TERM_TAG);
    int afterIndex = fieldEnd(afterTerm, INDEX_TAG);
    long index = afterIndex > afterTerm ? varint(afterTerm + 1) : 0;
    return new Heading(start, body, (int) length, index);
  }

  /** Where a field ends, or where it would begin when it is left out. */
  private int fieldEnd(int start, int tag) {
    int end = start < bytes.limit() && bytes.get(start) == tag ? varintEnd(start + 1) : -1;
    return end < 0 ? start : end;
  }

  /** Where a number ends that begins at a place, or -1 when none does. */
  private int varintEnd(int start) {
    for (int at = start; at < Math.min(start + MAX_VARINT_BYTES, bytes.limit()); at++) {
      if (bytes.get(at) >= 0) {
        return at + 1;
      }
    }
    return -1;
  }

  private long varint(int start) {
    long value = 0;
    for (int at = start; ; at++) {
      value |= (bytes.get(at) & 0x7FL) << 7 * (at - start);
      if (bytes.get(at) >= 0) {
        return value;
      }
    }
  }
}
