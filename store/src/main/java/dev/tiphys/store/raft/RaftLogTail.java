package dev.tiphys.store.raft;

import dev.tiphys.store.disk.CorruptLogException;
import dev.tiphys.store.disk.Disk;
import dev.tiphys.store.mvcc.Machine;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts the torn end of Ratis' open log segment before Ratis sees it. Ratis refuses to start on a
 * segment whose last entries were half written when the power went; but none of them was
 * acknowledged, for that follows the sync. What was synced once is never cut.
 */
final class RaftLogTail {
  private static final Logger log = LoggerFactory.getLogger(RaftLogTail.class);

  private RaftLogTail() {}

  /**
   * Cuts what is torn.
   *
   * @param current the directory of the segments
   * @param machine the state beside it, which knows what was applied
   * @throws CorruptLogException when what is missing was synced; nothing is changed then
   */
  static void cut(Disk current, Machine machine) throws IOException {
    for (var name : RaftLogWalk.namesIn(current)) {
      if (!name.isOpen()) {
        continue;
      }
      var segment = RaftSegment.read(current, name);
      while (segment.next()) {}
      if (segment.hasLostSynced(machine.applied().index(), machine.durable().index())) {
        throw new CorruptLogException(
            current + "/" + name.file() + " at offset " + segment.end(),
            "entry " + (segment.index() + 1) + " is damaged or missing, which was acknowledged");
      }
      if (!segment.isAtEnd()) {
        cut(current, segment);
      }
    }
  }

  private static void cut(Disk current, RaftSegment segment) throws IOException {
    log.warn(
        "cut raft-log={} at={} of={} reason=\"its last entries were torn at the last stop; none was"
            + " acknowledged\"",
        segment.name().file(),
        segment.end(),
        segment.size());
    try (var file = current.open(segment.name().file())) {
      file.truncate(segment.end());
      file.sync();
    }
  }
}
