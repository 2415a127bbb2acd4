package dev.tiphys.store.disk;

import java.io.IOException;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Walks all frames before a mark, in the order of the log. Nothing may be rewritten meanwhile. For
 * one thread.
 */
public final class LogFrames {
  private final RevisionLog log;
  private final RevisionLog.Mark until;
  private final Iterator<Segment> rest;
  private @Nullable Segment segment;
  private @Nullable SegmentScan scan;
  private long end;

  LogFrames(RevisionLog log, RevisionLog.Mark until) {
    this.log = log;
    this.until = until;
    this.rest = log.upTo(until.segment()).iterator();
  }

  /**
   * Goes to the next frame; false when there is none.
   *
   * @throws CorruptLogException when bytes are not those that were written
   */
  public boolean next() throws IOException {
    while (scan == null || scan.end() >= end) {
      if (!rest.hasNext()) {
        return false;
      }
      var following = rest.next();
      boolean last = following.name().last() == until.segment();
      end = last ? until.offset() : following.length();
      scan = new SegmentScan(following, log.limits().maxFrameBytes());
      segment = following;
    }
    if (!scan.next()) {
      throw log.damaged(place(scan.end()));
    }
    return true;
  }

  /** The frame; its payload is valid until the next one is asked for. */
  public Frame frame() {
    return current().frame();
  }

  /** Where the frame lies. */
  public long place() {
    return place(current().offset());
  }

  private SegmentScan current() {
    if (scan == null) {
      throw new IllegalStateException("next() first");
    }
    return scan;
  }

  private long place(long offset) {
    return segment == null ? 0 : (long) segment.slot() << 32 | offset;
  }
}
