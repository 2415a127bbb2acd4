package dev.tiphys.store.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives back the space of what compaction made unreachable: rewrites runs of neighbouring segments
 * that are mostly dead into one, beside reads and writes. Only synced, sealed segments are touched.
 * A crash at any point leaves either the old files or the new one in force. Use from one thread.
 */
public final class LogCleaner {
  private static final Logger LOG = LoggerFactory.getLogger(LogCleaner.class);
  private static final String DRAFT = "rewrite.tmp";
  private static final int BUFFER = 256 << 10;
  private static final int SYNC_EVERY = 2 << 20;

  private final RevisionLog log;
  private final Keeper keeper;

  /** Knows which records are still needed. */
  @FunctionalInterface
  public interface Keeper {
    /**
     * Decides on a record.
     *
     * @param cleanedBefore of all records before this one's segment, those that compaction up to
     *     this revision made unreachable are gone from disk
     * @return null when nobody needs it; else who is told its new place
     */
    @Nullable Relocation keep(Frame frame, long place, long cleanedBefore) throws IOException;
  }

  /** Waits for the new place of a record. */
  @FunctionalInterface
  public interface Relocation {
    /** The record can now be read here too. */
    void to(long place);
  }

  /** Takes the log and who knows it. */
  public LogCleaner(RevisionLog log, Keeper keeper) {
    this.log = log;
    this.keeper = keeper;
  }

  /**
   * Rewrites what is worth it.
   *
   * @param before the number of the first segment that is not wholly synced
   * @param compacted the compaction to clean for
   * @param live needed bytes by slot
   * @return bytes given back
   */
  public long clean(int before, long compacted, Map<Integer, Long> live) throws IOException {
    long freed = 0;
    long cleanedBefore = Long.MAX_VALUE;
    var run = new ArrayList<Segment>();
    long runLive = 0;
    for (var segment : log.sealed(before)) {
      long needed = live.getOrDefault(segment.slot(), 0L);
      boolean worthIt = segment.header().cleanedTo() < compacted && needed * 2 < segment.length();
      if (!run.isEmpty() && (!worthIt || runLive + needed > log.limits().segmentBytes())) {
        freed += rewrite(run, compacted, cleanedBefore);
        cleanedBefore = Math.min(cleanedBefore, compacted);
        run.clear();
        runLive = 0;
      }
      if (worthIt) {
        run.add(segment);
        runLive += needed;
      } else {
        cleanedBefore = Math.min(cleanedBefore, segment.header().cleanedTo());
      }
    }
    if (!run.isEmpty()) {
      freed += rewrite(run, compacted, cleanedBefore);
    }
    return freed;
  }

  private long rewrite(List<Segment> run, long compacted, long cleanedBefore) throws IOException {
    var first = run.getFirst();
    int generation = run.stream().mapToInt(s -> s.name().generation()).max().orElseThrow() + 1;
    var name = new Segment.Name(first.name().first(), run.getLast().name().last(), generation);
    var header =
        new Segment.Header(first.header().baseRevision(), compacted, first.header().previousEnd());
    var disk = log.disk().impatient();
    Segment draft;
    Copy copy;
    long before = 0;
    try {
      draft = Segment.create(disk, log.newSlot(), name, DRAFT, header);
      copy = new Copy(draft);
      for (var segment : run) {
        copy.add(segment, cleanedBefore);
        before += segment.length();
      }
      copy.finish();
      disk.rename(DRAFT, name.file());
    } catch (DiskFullException e) {
      disk.delete(DRAFT); // it would keep the room that is missing
      throw e;
    }
    disk.syncDirectory();
    log.add(draft);
    copy.moves.forEach(move -> move.relocation.to(move.place));
    for (var segment : run) {
      log.remove(segment);
    }
    log.disk().syncDirectory();
    LOG.debug(
        "rewrote segments={} bytes-before={} bytes-after={}", run.size(), before, draft.length());
    return before - draft.length();
  }

  private record Move(Relocation relocation, long place) {}

  /** A segment being written. */
  private final class Copy {
    private final Segment target;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    private final CRC32C crc = new CRC32C();
    private final List<Move> moves = new ArrayList<>();
    private long unsynced;

    Copy(Segment target) {
      this.target = target;
    }

    void add(Segment source, long cleanedBefore) throws IOException {
      var scan = new SegmentScan(source, log.limits().maxFrameBytes());
      while (scan.next()) {
        var frame = scan.frame();
        long place = (long) source.slot() << 32 | scan.offset();
        var relocation = keeper.keep(frame, place, cleanedBefore);
        if (relocation != null) {
          moves.add(
              new Move(relocation, (long) target.slot() << 32 | append(frame, scan.length())));
        }
      }
      if (scan.end() != source.length()) {
        throw new CorruptLogException(
            source.name().file() + " at offset " + scan.end(), "a record is damaged");
      }
    }

    void finish() throws IOException {
      write(buffer);
      target.file().sync();
    }

    private long append(Frame frame, int length) throws IOException {
      byte[] payload = new byte[frame.payload().remaining()];
      frame.payload().get(frame.payload().position(), payload);
      if (length > buffer.remaining()) {
        write(buffer);
      }
      long at = target.length() + buffer.position();
      // Each stands alone now: the rest of its entry may be gone.
      if (length > buffer.capacity()) {
        var big = ByteBuffer.allocate(length);
        Frame.write(
            big,
            frame.kind(),
            Frame.LAST,
            frame.number(),
            frame.term(),
            frame.index(),
            payload,
            crc);
        write(big);
      } else {
        Frame.write(
            buffer,
            frame.kind(),
            Frame.LAST,
            frame.number(),
            frame.term(),
            frame.index(),
            payload,
            crc);
      }
      return at;
    }

    private void write(ByteBuffer bytes) throws IOException {
      int count = bytes.position();
      target.file().write(bytes.flip(), target.length());
      target.length(target.length() + count);
      bytes.clear();
      unsynced += count;
      if (unsynced >= SYNC_EVERY) {
        target.file().sync(); // in small portions, so that the Raft log's syncs need not wait long
        unsynced = 0;
      }
    }
  }
}
