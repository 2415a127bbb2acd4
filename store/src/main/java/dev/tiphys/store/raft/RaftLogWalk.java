package dev.tiphys.store.raft;

import dev.tiphys.store.disk.CorruptLogException;
import dev.tiphys.store.disk.Disk;
import dev.tiphys.store.disk.Folder;
import dev.tiphys.store.disk.IdentityFile;
import dev.tiphys.store.mvcc.Machine;
import dev.tiphys.store.record.Batch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the Raft log of a member that does not run: every entry that is whole, in order. Changes
 * nothing. It is the log of the cluster that the member belongs to; where nobody can say which that
 * is, every one that is there.
 */
public final class RaftLogWalk {
  private final Folder data;

  /** Takes the data directory. */
  public RaftLogWalk(Folder data) {
    this.data = data;
  }

  /** Takes what is found. */
  public interface Visitor {
    /** A segment, before its entries. */
    void file(String name) throws IOException;

    /**
     * A whole entry.
     *
     * @param batch null for what Raft orders for itself
     */
    void entry(long term, long index, @Nullable Batch batch) throws IOException;

    /** Something is wrong; the entries behind it are not shown, but for those of later segments. */
    void damage(Damage damage) throws IOException;
  }

  /**
   * Something that is not as it was written.
   *
   * @param file relative to the data directory
   * @param wasSynced it was acknowledged once, so a member refuses to start; else the next start
   *     cuts it
   */
  public record Damage(String file, long offset, String what, boolean wasSynced) {}

  /**
   * Walks the log; does nothing where there is none.
   *
   * @param applied the last entry of the state beside it
   * @param durable up to which entry that state is durable, and the log may be missing
   */
  public void walk(long applied, long durable, Visitor visitor) throws IOException {
    if (!data.list().contains(RaftSettings.DIRECTORY)) {
      return;
    }
    var groups = data.within(RaftSettings.DIRECTORY);
    var own = cluster();
    for (var name : groups.list()) {
      if ((own == null ? isGroup(name) : name.equals(own))
          && groups.within(name).list().contains(RaftSettings.CURRENT)) {
        var current = groups.within(name).within(RaftSettings.CURRENT);
        var path = RaftSettings.DIRECTORY + "/" + name + "/" + RaftSettings.CURRENT + "/";
        walk(current, path, applied, durable, visitor);
      }
    }
  }

  /**
   * Looks for damage to what was synced.
   *
   * @param machine the state beside the log
   * @throws CorruptLogException when there is some
   */
  void mustBeWhole(Machine machine) throws IOException {
    walk(
        machine.applied().index(),
        machine.durable().index(),
        new Visitor() {
          @Override
          public void file(String name) {}

          @Override
          public void entry(long term, long index, @Nullable Batch batch) {}

          @Override
          public void damage(Damage damage) throws IOException {
            if (damage.wasSynced) {
              throw new CorruptLogException(
                  damage.file + " at offset " + damage.offset, damage.what);
            }
          }
        });
  }

  private static void walk(Disk current, String path, long applied, long durable, Visitor visitor)
      throws IOException {
    long expected = -1;
    boolean anyLost = false;
    var names = namesIn(current);
    for (var name : names) {
      var file = path + name.file();
      visitor.file(file);
      if (expected >= 0 && name.first() != expected) {
        var what = "entries %d to %d before it are missing".formatted(expected, name.first() - 1);
        visitor.damage(new Damage(file, 0, what, true));
      }
      var segment = RaftSegment.read(current, name);
      while (segment.next()) {
        var entry = LogEntryProto.parseFrom(segment.entry());
        visitor.entry(entry.getTerm(), entry.getIndex(), batch(entry));
      }
      boolean takenBack = name == names.getLast() && segment.isTakenBack(applied);
      boolean lost =
          name.isOpen()
              ? segment.hasLostSynced(applied, durable)
              : segment.index() < name.last() && !takenBack;
      if (lost || (name.isOpen() && !segment.isAtEnd())) {
        var what = "entry " + (segment.index() + 1) + " is damaged or missing";
        visitor.damage(new Damage(file, segment.end(), what, lost));
      }
      expected = name.isOpen() || takenBack ? segment.index() + 1 : name.last() + 1;
      anyLost |= lost;
    }
    if (!anyLost && expected <= applied && applied > durable) {
      var what = "entries %d to %d are missing".formatted(Math.max(expected, 0), applied);
      visitor.damage(new Damage(path, 0, what, true));
    }
  }

  /** The segments in order. */
  static List<RaftSegment.Name> namesIn(Disk current) throws IOException {
    var names = new ArrayList<RaftSegment.Name>();
    for (var file : current.list()) {
      var name = RaftSegment.Name.parse(file);
      if (name != null) {
        names.add(name);
      }
    }
    names.sort(Comparator.comparingLong(RaftSegment.Name::first));
    return names;
  }

  private static @Nullable Batch batch(LogEntryProto entry) throws IOException {
    return entry.hasStateMachineLogEntry()
        ? Entries.whole(entry.getStateMachineLogEntry().getLogData().asReadOnlyByteBuffer())
        : null;
  }

  private @Nullable String cluster() {
    try {
      return new IdentityFile(data).read().map(i -> i.cluster().toString()).orElse(null);
    } catch (IOException e) {
      return null; // which is told elsewhere
    }
  }

  private static boolean isGroup(String name) {
    try {
      return UUID.fromString(name).toString().equals(name);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
