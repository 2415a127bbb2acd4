package dev.tiphys.store.raft;

import dev.tiphys.store.disk.CorruptLogException;
import dev.tiphys.store.disk.Disk;
import dev.tiphys.store.mvcc.Machine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the end of Ratis' log what a stop in good order would have left. Ratis refuses to start on
 * a segment whose last entries were half written when the power went; but none of them was
 * acknowledged, for that follows the sync. What was synced once is never cut.
 */
final class RaftLogTail {
  private static final Logger log = LoggerFactory.getLogger(RaftLogTail.class);

  private RaftLogTail() {}

  /**
   * Cuts what is torn, and syncs what is left, for Ratis takes all that it finds for synced.
   * Removes a log that ends before the state that is durable: nobody needs it any more.
   *
   * @param current the directory of the segments
   * @param machine the state beside it, which knows what was applied
   * @throws CorruptLogException when what is missing was synced; nothing is changed then
   */
  static void cut(Disk current, Machine machine) throws IOException {
    var ends = new ArrayList<RaftSegment>();
    var names = RaftLogWalk.namesIn(current);
    for (var name : names) {
      if (name.isOpen() || name == names.getLast()) {
        var segment = RaftSegment.read(current, name);
        while (segment.next()) {}
        ends.add(segment);
      }
    }
    mustHaveAll(current, ends, machine);
    long durable = machine.durable().index();
    if (!ends.isEmpty() && ends.getLast().index() < durable) {
      remove(current, names, durable);
      return;
    }
    for (var segment : ends) {
      if (segment.name().isOpen()) {
        cut(current, segment);
      } else if (segment.isTakenBack(machine.applied().index())) {
        finish(current, segment);
      }
    }
  }

  private static void mustHaveAll(Disk current, List<RaftSegment> ends, Machine machine)
      throws CorruptLogException {
    long applied = machine.applied().index();
    long durable = machine.durable().index();
    for (var segment : ends) {
      if (segment.name().isOpen() && segment.hasLostSynced(applied, durable)) {
        throw new CorruptLogException(
            current + "/" + segment.name().file() + " at offset " + segment.end(),
            "entry " + (segment.index() + 1) + " is damaged or missing, which was acknowledged");
      }
    }
    long last = ends.isEmpty() ? -1 : ends.getLast().index();
    if (last < applied && applied > durable) {
      throw new CorruptLogException(
          current.toString(),
          "entries " + (last + 1) + " to " + applied + " are missing, which were acknowledged");
    }
  }

  /**
   * The state is further on than the log: it came from the leader, and then the power went. Ratis
   * would go on with an empty segment right behind the log, and could add nothing to it any more.
   */
  private static void remove(Disk current, List<RaftSegment.Name> names, long durable)
      throws IOException {
    log.info("removed raft-log segments={} reason=\"the state is at {}\"", names.size(), durable);
    for (var name : names) {
      current.delete(name.file());
    }
    current.syncDirectory(); // before there are segments behind a gap
  }

  private static void cut(Disk current, RaftSegment segment) throws IOException {
    try (var file = current.open(segment.name().file())) {
      if (!segment.isAtEnd()) {
        log.warn(
            "cut raft-log={} at={} of={} reason=\"its last entries were torn at the last stop; none"
                + " was acknowledged\"",
            segment.name().file(),
            segment.end(),
            segment.size());
        file.truncate(segment.end());
      }
      // A process that was killed may have written more than it synced.
      file.sync();
    }
  }

  /**
   * When a leader takes entries back, Ratis cuts the file and then changes its name. It would start
   * on one that was only cut, and end when it removes it, by the name that it should have.
   */
  private static void finish(Disk current, RaftSegment segment) throws IOException {
    var name = segment.name();
    log.info("finished raft-log={} last={}", name.file(), segment.index());
    current.rename(name.file(), RaftSegment.Name.closed(name.first(), segment.index()));
  }
}
