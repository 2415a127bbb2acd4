package dev.tiphys.store.disk;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a log after a stop or a crash. All frames up to the synced mark must be whole: damage there
 * is refused, and so is damage beyond it when later records prove that it was no torn end. Else the
 * log is cut after the last whole entry: what follows is still in the Raft log, or was never
 * answered.
 */
public final class LogRecovery {
  private static final Logger LOG = LoggerFactory.getLogger(LogRecovery.class);

  private final Disk disk;
  private final RevisionLog.Limits limits;
  private final RevisionLog.Mark synced;
  private final Visitor visitor;
  private final ConcurrentSkipListMap<Integer, Segment> segments = new ConcurrentSkipListMap<>();
  private List<Segment.Name> names = List.of();
  private long newest = Long.MIN_VALUE;
  private long wholeEntry;

  /** Takes the frames of whole entries, in order. */
  @FunctionalInterface
  public interface Visitor {
    /**
     * One frame; its payload is valid only during the call.
     *
     * @param synced it lies before the synced mark
     */
    void frame(Frame frame, long place, int length, boolean synced) throws IOException;
  }

  /** A frame whose entry has not ended yet. */
  private record Pending(Frame frame, long place, int length) {}

  private LogRecovery(
      Disk disk,
      RevisionLog.Limits limits,
      RevisionLog.Mark synced,
      long syncedIndex,
      Visitor visitor) {
    this.disk = disk;
    this.limits = limits;
    this.synced = synced;
    this.visitor = visitor;
    this.wholeEntry = Math.max(0, syncedIndex);
  }

  /** Makes the first segment of a new log, durable. */
  public static RevisionLog create(Disk disk, RevisionLog.Limits limits, long revision)
      throws IOException {
    var segments = new ConcurrentSkipListMap<Integer, Segment>();
    var name = new Segment.Name(1, 1, 0);
    var first = Segment.create(disk, 1, name, name.file(), new Segment.Header(revision, 0, 0));
    first.file().sync();
    disk.syncDirectory();
    segments.put(first.slot(), first);
    return new RevisionLog(disk, limits, segments, first);
  }

  /**
   * Opens the log that is there and shows every frame to the visitor.
   *
   * @param syncedIndex the entry at {@code synced}; negative: none
   * @throws CorruptLogException when something that was durable is damaged or missing
   */
  public static RevisionLog open(
      Disk disk,
      RevisionLog.Limits limits,
      RevisionLog.Mark synced,
      long syncedIndex,
      Visitor visitor)
      throws IOException {
    return new LogRecovery(disk, limits, synced, syncedIndex, visitor).run();
  }

  private RevisionLog run() throws IOException {
    int expected = 1;
    boolean cut = false;
    Segment last = null;
    names = namesInOrder();
    for (var name : names) {
      if (cut) {
        LOG.info("removed segment={} reason=\"follows a torn one\"", name.file());
        disk.delete(name.file());
        continue;
      }
      if (name.first() != expected) {
        if (expected <= synced.segment()) {
          throw new CorruptLogException(disk.toString(), "segment " + expected + " is missing");
        }
        mustBeTorn(name, Segment.HEADER, disk + " before " + name.file());
        cut = true;
        disk.delete(name.file());
        continue;
      }
      var segment = Segment.open(disk, segments.size() + 1, name);
      if (segment == null) {
        if (name.last() <= synced.segment()) {
          throw new CorruptLogException(name.file(), "its header is damaged");
        }
        mustBeTorn(name, Segment.HEADER, name.file());
        disk.delete(name.file());
        cut = true;
        continue;
      }
      if (name.last() > synced.segment()
          && last != null
          && segment.header().previousEnd() != last.length()) {
        mustBeTorn(name, Segment.HEADER, last.name().file() + " at offset " + last.length());
        LOG.info("removed segment={} reason=\"the end of the one before is lost\"", name.file());
        segment.release();
        disk.delete(name.file());
        cut = true;
        continue;
      }
      segments.put(segment.slot(), segment);
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
    var scan = new SegmentScan(segment, limits.maxFrameBytes());
    long slot = (long) segment.slot() << 32;
    var entry = new ArrayList<Pending>();
    long whole = scan.end();
    while (scan.next()) {
      var frame = scan.frame();
      boolean isSynced = isSynced(segment, scan.end());
      if (!isSynced && frame.index() < newest) {
        break; // left over from before an earlier cut
      }
      // Before the mark the numbers may be those of another cluster, whose snapshot this was.
      newest = isSynced ? Long.MIN_VALUE : frame.index();
      if (!frame.last()) {
        entry.add(new Pending(frame.copy(), slot | scan.offset(), scan.length()));
        continue;
      }
      for (var earlier : entry) {
        visitor.frame(earlier.frame, earlier.place, earlier.length, isSynced);
      }
      visitor.frame(frame, slot | scan.offset(), scan.length(), isSynced);
      entry.clear();
      whole = scan.end();
      wholeEntry = isSynced ? wholeEntry : Math.max(wholeEntry, frame.index());
    }
    return settle(segment, whole, scan);
  }

  private boolean isSynced(Segment segment, long end) {
    int number = segment.name().last();
    return number < synced.segment() || (number == synced.segment() && end <= synced.offset());
  }

  /**
   * Refuses what is missing at {@code where} when records from a place on prove that it was
   * durable.
   */
  private void mustBeTorn(Segment.Name from, long offset, String where) throws IOException {
    var later = names.subList(names.indexOf(from), names.size());
    var proof = new Aftermath(disk, limits.maxFrameBytes()).proof(later, offset, wholeEntry);
    if (proof != null) {
      throw new CorruptLogException(
          where,
          "a record is damaged or missing, and one that was written after it was synced follows in "
              + proof);
    }
  }

  private boolean settle(Segment segment, long whole, SegmentScan scan) throws IOException {
    int number = segment.name().last();
    long mustReach =
        number < synced.segment() ? scan.size() : number == synced.segment() ? synced.offset() : 0;
    if (whole < mustReach) {
      throw new CorruptLogException(
          segment.name().file() + " at offset " + scan.end(), "a record is damaged or missing");
    }
    segment.length(whole);
    if (whole == scan.size()) {
      return false;
    }
    boolean torn = !scan.isRoom(whole);
    if (torn) {
      mustBeTorn(segment.name(), scan.end(), segment.name().file() + " at offset " + whole);
      LOG.info(
          "cut segment={} from={} to={} reason=\"torn at the last stop\"",
          segment.name().file(),
          scan.size(),
          whole);
    }
    segment.file().truncate(whole);
    segment.file().sync();
    return torn;
  }
}
