package dev.tiphys.store.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One file of the log. Readers hold it open by {@link #acquire()}; a segment that was replaced is
 * closed when the last reader lets go.
 *
 * <p>Header, 48 bytes, big-endian: magic {@code TIPHYSRL}, u32 format version, u32 first and u32
 * last segment number that it stands for (a rewritten segment may stand for a run of them), i64
 * revision before its first frame, i64 compaction that it was last cleaned for (0: never), i64
 * where the segment before it ended, u32 CRC32C of all that.
 */
final class Segment {
  static final int HEADER = 48;

  /** What is written. Format 1, which differs in frames, is still read. */
  static final int FORMAT = 2;

  private static final int OLDEST_FORMAT = 1;
  private static final long MAGIC = 0x5449_5048_5953_524CL;

  private final int slot;
  private final Name name;
  private final Disk.File file;
  private final AtomicInteger holders = new AtomicInteger(1);
  private final Header header;
  private final int format;
  private volatile long length = HEADER;

  /**
   * What the header says.
   *
   * @param baseRevision the revision before the first frame
   * @param cleanedTo the compaction it was last cleaned for; 0: never
   * @param previousEnd where the segment before it ended: tells a crash that lost the whole end of
   *     that one from a crash that lost nothing
   */
  record Header(long baseRevision, long cleanedTo, long previousEnd) {}

  /** File names carry the numbers, so that a run that was rewritten hides what it replaces. */
  record Name(int first, int last, int generation) {
    static @Nullable Name parse(String file) {
      var parts = file.split("[-.]");
      if (parts.length != 5 || !parts[0].equals("seg") || !parts[4].equals("log")) {
        return null;
      }
      try {
        return new Name(
            Integer.parseInt(parts[1], 16),
            Integer.parseInt(parts[2], 16),
            Integer.parseInt(parts[3], 16));
      } catch (NumberFormatException e) {
        return null;
      }
    }

    String file() {
      return "seg-%08x-%08x.%04x.log".formatted(first, last, generation);
    }

    boolean hides(Name other) {
      return !equals(other)
          && first <= other.first
          && last >= other.last
          && (generation > other.generation || last - first > other.last - other.first);
    }
  }

  private Segment(int slot, Name name, Disk.File file, Header header, int format) {
    this.format = format;
    this.slot = slot;
    this.name = name;
    this.file = file;
    this.header = header;
  }

  /** Makes a new file under {@code fileName}, with its header written but not synced. */
  static Segment create(Disk disk, int slot, Name name, String fileName, Header header)
      throws IOException {
    var bytes = ByteBuffer.allocate(HEADER);
    bytes.putLong(MAGIC).putInt(FORMAT).putInt(name.first).putInt(name.last);
    bytes.putLong(header.baseRevision).putLong(header.cleanedTo).putLong(header.previousEnd);
    var crc = new CRC32C();
    crc.update(bytes.array(), 0, HEADER - 4);
    bytes.putInt((int) crc.getValue()).flip();
    var file = disk.open(fileName);
    file.truncate(0);
    file.write(bytes, 0);
    return new Segment(slot, name, file, header, FORMAT);
  }

  /** Whether these bytes, from their first one on, are a whole header. */
  static boolean isHeader(ByteBuffer bytes) {
    var crc = new CRC32C();
    crc.update(bytes.slice(0, HEADER - 4));
    return bytes.getInt(HEADER - 4) == (int) crc.getValue() && bytes.getLong(0) == MAGIC;
  }

  /** Opens a file, or returns null when its header is torn. */
  static @Nullable Segment open(Disk disk, int slot, Name name) throws IOException {
    var file = disk.open(name.file());
    var header = ByteBuffer.allocate(HEADER);
    if (file.read(header, 0) == HEADER) {
      if (isHeader(header.flip())) {
        header.position(8);
        int format = header.getInt();
        if (format < OLDEST_FORMAT || format > FORMAT) {
          file.close();
          throw new IOException(
              name.file()
                  + ": format "
                  + format
                  + " is not known here; this release reads "
                  + OLDEST_FORMAT
                  + " to "
                  + FORMAT);
        }
        if (header.getInt() == name.first && header.getInt() == name.last) {
          var said = new Header(header.getLong(), header.getLong(), header.getLong());
          return new Segment(slot, name, file, said, format);
        }
      }
    }
    file.close();
    return null;
  }

  /** Its number in places: of this run only, never on disk, and never used twice. */
  int slot() {
    return slot;
  }

  /** Where its whole frames end. */
  long length() {
    return length;
  }

  void length(long end) {
    length = end;
  }

  /** True when nothing may be added, since what is written has another format. */
  boolean isOfOldFormat() {
    return format != FORMAT;
  }

  Header header() {
    return header;
  }

  Name name() {
    return name;
  }

  Disk.File file() {
    return file;
  }

  /** Takes a hold; false when the segment is gone, and the index has newer places. */
  boolean acquire() {
    while (true) {
      int now = holders.get();
      if (now == 0) {
        return false;
      }
      if (holders.compareAndSet(now, now + 1)) {
        return true;
      }
    }
  }

  /** Lets go; the last one closes the file. */
  void release() throws IOException {
    if (holders.decrementAndGet() == 0) {
      file.close();
    }
  }
}
