package dev.tiphys.store.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a log after a stop or a crash. All frames up to the synced mark must be whole: damage there
 * is refused. Beyond it the log is cut after the last whole entry, for what follows is still in the
 * Raft log.
 */
public final class LogRecovery {
  private static final Logger LOG = LoggerFactory.getLogger(LogRecovery.class);

  private final Disk disk;
  private final RevisionLog.Limits limits;
  private final RevisionLog.Mark synced;
  private final Visitor visitor;
  private final CRC32C crc = new CRC32C();
  private final ConcurrentSkipListMap<Integer, Segment> segments = new ConcurrentSkipListMap<>();
  private long newest = Long.MIN_VALUE;
  private ByteBuffer buffer = ByteBuffer.allocateDirect(0);

  /** Takes the frames of whole entries, in order. */
  @FunctionalInterface
  public interface Visitor {
    /** One frame; its payload is valid only during the call. */
    void frame(Frame frame, long place, int length) throws IOException;
  }

  private LogRecovery(
      Disk disk, RevisionLog.Limits limits, RevisionLog.Mark synced, Visitor visitor) {
    this.disk = disk;
    this.limits = limits;
    this.synced = synced;
    this.visitor = visitor;
  }

  /** Makes the first segment of a new log, durable. */
  public static RevisionLog create(Disk disk, RevisionLog.Limits limits, long revision)
      throws IOException {
    var segments = new ConcurrentSkipListMap<Integer, Segment>();
    var name = new Segment.Name(1, 1, 0);
    var first = Segment.create(disk, name, name.file(), revision, 0, 0);
    first.file().sync();
    disk.syncDirectory();
    segments.put(1, first);
    return new RevisionLog(disk, limits, segments, first);
  }

  /**
   * Opens the log that is there and shows every frame to the visitor.
   *
   * @throws CorruptLogException when something before {@code synced} is damaged or missing
   */
  public static RevisionLog open(
      Disk disk, RevisionLog.Limits limits, RevisionLog.Mark synced, Visitor visitor)
      throws IOException {
    return new LogRecovery(disk, limits, synced, visitor).run();
  }

  private RevisionLog run() throws IOException {
    int expected = 1;
    boolean cut = false;
    Segment last = null;
    for (var name : namesInOrder()) {
      if (cut) {
        LOG.info("removed segment={} reason=\"follows a torn one\"", name.file());
        disk.delete(name.file());
        continue;
      }
      if (name.first() != expected) {
        if (expected <= synced.segment()) {
          throw new CorruptLogException(disk.toString(), "segment " + expected + " is missing");
        }
        cut = true;
        disk.delete(name.file());
        continue;
      }
      var segment = Segment.open(disk, name);
      if (segment == null) {
        if (name.last() <= synced.segment()) {
          throw new CorruptLogException(name.file(), "its header is damaged");
        }
        disk.delete(name.file());
        cut = true;
        continue;
      }
      if (name.last() > synced.segment()
          && last != null
          && segment.previousEnd != last.file().size()) {
        LOG.info("removed segment={} reason=\"the end of the one before is lost\"", name.file());
        segment.release();
        disk.delete(name.file());
        cut = true;
        continue;
      }
      segments.put(name.last(), segment);
      cut = scan(segment);
      last = segment;
      expected = name.last() + 1;
    }
    if (last == null || expected <= synced.segment()) {
      throw new CorruptLogException(disk.toString(), "segment " + expected + " is missing");
    }
    disk.syncDirectory();
    return new RevisionLog(disk, limits, segments, last);
  }

  private List<Segment.Name> namesInOrder() throws IOException {
    var names = new ArrayList<Segment.Name>();
    for (var file : disk.list()) {
      var name = Segment.Name.parse(file);
      if (name != null) {
        names.add(name);
      }
    }
    for (var hidden : List.copyOf(names)) {
      if (names.stream().anyMatch(n -> n.hides(hidden))) {
        names.remove(hidden);
        disk.delete(hidden.file());
      }
    }
    names.sort((a, b) -> Integer.compare(a.first(), b.first()));
    return names;
  }

  /** Shows all whole entries of a segment; returns true when it had to be cut. */
  private boolean scan(Segment segment) throws IOException {
    int size = load(segment);
    long mustReach =
        segment.name().last() < synced.segment()
            ? size
            : segment.name().last() == synced.segment() ? synced.offset() : 0;
    var entry = new ArrayList<int[]>();
    int at = Segment.HEADER;
    int whole = at;
    while (at < size) {
      int length =
          size - at < 4 ? -1 : Frame.wholeLength(buffer.getInt(at), limits.maxFrameBytes());
      if (length < 0 || length > size - at || !Frame.intact(buffer, at, length, crc)) {
        break;
      }
      var found = Frame.parse(buffer, at, length);
      if (found.index() < newest) {
        break; // left over from before an earlier cut
      }
      newest = found.index();
      entry.add(new int[] {at, length});
      at += length;
      if (found.last()) {
        for (var frame : entry) {
          long place = (long) segment.name().last() << 32 | frame[0];
          visitor.frame(Frame.parse(buffer, frame[0], frame[1]), place, frame[1]);
        }
        entry.clear();
        whole = at;
      }
    }
    if (whole < mustReach) {
      throw new CorruptLogException(
          segment.name().file() + " at offset " + at, "a record is damaged or missing");
    }
    if (whole < size) {
      LOG.info(
          "cut segment={} from={} to={} reason=\"torn at the last stop\"",
          segment.name().file(),
          size,
          whole);
      segment.file().truncate(whole);
      segment.file().sync();
      return true;
    }
    return false;
  }

  private int load(Segment segment) throws IOException {
    int size = Math.toIntExact(segment.file().size());
    if (buffer.capacity() < size) {
      buffer =
          ByteBuffer.allocateDirect(Math.max(size, limits.segmentBytes() + limits.tailBytes()));
    }
    buffer.clear().limit(size);
    if (segment.file().read(buffer, 0) != size) {
      throw new IOException(segment.name().file() + ": could be read only in part");
    }
    buffer.flip();
    return size;
  }
}
