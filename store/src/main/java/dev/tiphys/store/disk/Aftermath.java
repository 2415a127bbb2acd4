package dev.tiphys.store.disk;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells a torn end from damage, by what lies behind it. A crash may tear the entry that was being
 * written, in any order of its blocks, and whole records of it may follow what is torn. But whoever
 * syncs each entry before the next one says so in its records: one of a later entry proves that
 * what is missing was durable once.
 */
final class Aftermath {
  private final Disk disk;
  private final int maxFrame;

  /** Takes the directory of the log. */
  Aftermath(Disk disk, int maxFrame) {
    this.disk = disk;
    this.maxFrame = maxFrame;
  }

  /**
   * Looks for a proof that something durable is missing.
   *
   * @param segments from the one that is not as it should be, in order
   * @param offset where in the first of them whole records end
   * @param newest the index of the last entry that is whole
   * @return where the record is that proves it; null when the end is only torn
   */
  @Nullable String proof(List<Segment.Name> segments, long offset, long newest) throws IOException {
    long from = offset;
    for (var name : segments) {
      try (var file = disk.open(name.file())) {
        var scan = new SegmentScan(file, from, maxFrame);
        do {
          while (scan.next()) {
            var frame = scan.frame();
            if (frame.afterSync() && frame.index() > newest + 1) {
              return name.file() + " at offset " + scan.offset();
            }
          }
        } while (scan.resume());
      }
      from = Segment.HEADER;
    }
    return null;
  }
}
