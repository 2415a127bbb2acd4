package dev.tiphys.store.disk;

import dev.tiphys.store.record.Checkpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a log without opening it: changes nothing, stops at nothing. What is damaged is told,
 * and what follows is shown all the same. Not for a log that somebody writes meanwhile.
 */
public final class LogWalk {
  private final Disk disk;
  private final int maxFrameBytes;
  private List<Segment.Name> names = List.of();
  private long wholeEntry;
  private boolean whole = true;
  private long segmentEnd;

  /** Takes the directory of the log. */
  public LogWalk(Disk disk, int maxFrameBytes) {
    this.disk = disk;
    this.maxFrameBytes = maxFrameBytes;
  }

  /** Takes what is found. */
  public interface Visitor {
    /** A file of the log, before its frames. */
    void file(String name) throws IOException;

    /**
     * A whole frame; its payload is valid only during the call.
     *
     * @param covered the checkpoint has what came of it
     */
    void frame(Frame frame, long offset, boolean covered) throws IOException;

    /** Something is wrong. */
    void damage(Damage damage) throws IOException;
  }

  /**
   * Something that is not as it was written.
   *
   * @param fatal it was durable, so a member refuses to start; else the next start cuts the log
   *     there
   * @param followed whole records follow it in the same file
   */
  public record Damage(String file, long offset, String what, boolean fatal, boolean followed) {}

  /**
   * Walks the whole log, and ends at the first thing that is wrong.
   *
   * @throws IOException when something is
   */
  public void mustBeWhole() throws IOException {
    walk(
        new Visitor() {
          @Override
          public void file(String name) {}

          @Override
          public void frame(Frame frame, long offset, boolean covered) {}

          @Override
          public void damage(Damage damage) throws IOException {
            throw new IOException(
                disk
                    + "/"
                    + damage.file()
                    + " at offset "
                    + damage.offset()
                    + ": "
                    + damage.what());
          }
        });
  }

  /** What the checkpoint says; empty when there is none, or none that can be read. */
  public Optional<Checkpoint> walk(Visitor visitor) throws IOException {
    Checkpoint checkpoint = null;
    visitor.file(CheckpointFile.NAME);
    try {
      checkpoint = new CheckpointFile(disk).read().orElse(null);
      if (checkpoint == null) {
        visitor.damage(new Damage(CheckpointFile.NAME, 0, "is missing", true, false));
      }
    } catch (IOException e) {
      visitor.damage(
          new Damage(CheckpointFile.NAME, 0, String.valueOf(e.getMessage()), true, false));
    }
    int synced = checkpoint == null ? 0 : checkpoint.getSegment();
    int expected = 1;
    names = namesInOrder();
    wholeEntry = checkpoint == null ? 0 : Math.max(0, checkpoint.getIndex());
    whole = true;
    for (var name : names) {
      if (name.first() > expected) {
        var what =
            name.first() == expected + 1
                ? "segment %08x before it is missing".formatted(expected)
                : "segments %08x to %08x before it are missing"
                    .formatted(expected, name.first() - 1);
        boolean wasDurable = expected <= synced || isProven(name, Segment.HEADER);
        visitor.damage(new Damage(name.file(), 0, what, wasDurable, false));
      }
      expected = name.last() + 1;
      segment(name, checkpoint, visitor);
    }
    if (expected <= synced) {
      var what = "segments %08x to %08x are missing".formatted(expected, synced);
      visitor.damage(new Damage(CheckpointFile.NAME, 0, what, true, false));
    }
    return Optional.ofNullable(checkpoint);
  }

  private void segment(Segment.Name name, @Nullable Checkpoint checkpoint, Visitor visitor)
      throws IOException {
    visitor.file(name.file());
    Segment segment;
    try {
      segment = Segment.open(disk, 1, name);
    } catch (IOException e) {
      visitor.damage(new Damage(name.file(), 0, String.valueOf(e.getMessage()), true, false));
      return;
    }
    if (segment == null) {
      boolean synced =
          checkpoint == null
              || name.last() <= checkpoint.getSegment()
              || isProven(name, Segment.HEADER);
      visitor.damage(new Damage(name.file(), 0, "its header is damaged", synced, false));
      return;
    }
    try {
      if (checkpoint != null
          && name.last() > checkpoint.getSegment()
          && whole
          && segment.header().previousEnd() != segmentEnd) {
        boolean wasDurable = isProven(name, Segment.HEADER);
        var what = "the end of the segment before it is missing";
        visitor.damage(new Damage(name.file(), 0, what, wasDurable, true));
      }
      frames(segment, checkpoint, visitor);
    } finally {
      segment.release();
    }
  }

  private void frames(Segment segment, @Nullable Checkpoint checkpoint, Visitor visitor)
      throws IOException {
    var scan = new SegmentScan(segment, maxFrameBytes);
    int number = segment.name().last();
    long synced =
        checkpoint == null || number < checkpoint.getSegment()
            ? scan.size()
            : number == checkpoint.getSegment() ? checkpoint.getOffset() : 0;
    var file = segment.name().file();
    boolean ended = true;
    while (true) {
      while (scan.next()) {
        var frame = scan.frame();
        ended = frame.last();
        if (whole && ended && scan.end() > synced) {
          wholeEntry = Math.max(wholeEntry, frame.index());
        }
        visitor.frame(frame, scan.offset(), checkpoint != null && scan.end() <= synced);
      }
      long end = scan.end();
      segmentEnd = end;
      if (end >= synced && scan.isRoom(end)) {
        break;
      }
      boolean more = scan.resume();
      var what = more ? "a record is damaged" : "a record is damaged or missing, up to the end";
      boolean wasDurable = end < synced || isProven(segment.name(), end);
      visitor.damage(new Damage(file, end, what, wasDurable, more));
      if (!more) {
        return;
      }
    }
    if (!ended) {
      visitor.damage(
          new Damage(file, scan.end(), "its last entry has no end", scan.end() <= synced, false));
    }
  }

  /** Whether records behind the first thing that is missing beyond the checkpoint tell its age. */
  private boolean isProven(Segment.Name from, long offset) throws IOException {
    if (!whole) {
      return false; // told already
    }
    whole = false;
    var later = names.subList(names.indexOf(from), names.size());
    return new Aftermath(disk, maxFrameBytes).proof(later, offset, wholeEntry) != null;
  }

  private List<Segment.Name> namesInOrder() throws IOException {
    var names = new ArrayList<Segment.Name>();
    for (var file : disk.list()) {
      var name = Segment.Name.parse(file);
      if (name != null) {
        names.add(name);
      }
    }
    // A rewritten segment stands for those that it was made of.
    for (var hidden : List.copyOf(names)) {
      if (names.stream().anyMatch(n -> n.hides(hidden))) {
        names.remove(hidden);
      }
    }
    names.sort((a, b) -> Integer.compare(a.first(), b.first()));
    return names;
  }
}
