package dev.tiphys.store.mvcc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.tiphys.store.disk.CorruptLogException;
import dev.tiphys.store.disk.FlakyDisk;
import dev.tiphys.store.disk.Frame;
import dev.tiphys.store.disk.LogWalk;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.RangeRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A lone member syncs each entry before it begins the next one. So only the last one can be torn by
 * a crash; whatever else is not whole was answered, and is never cut in silence.
 */
class TornEndTest {
  private static final int ENTRIES = 30;
  private static final int HEADER = 48;

  @Test
  void damageToAnythingButTheLastEntryIsRefused() throws IOException {
    int refused = 0;
    int cut = 0;
    var segments = written().list().stream().filter(name -> name.startsWith("seg-")).sorted();
    for (var segment : segments.toList()) {
      boolean first = segment.contains("00000001-");
      for (int at = first ? HEADER : 0; at < written().length(segment); at += 3) {
        var disk = written();
        disk.damage(segment, at);
        try (var machine = new Machine(disk, Rig.LIMITS)) {
          assertThat(present(machine)).as("%s damaged at %s", segment, at).isEqualTo(ENTRIES - 1);
          cut++;
        } catch (CorruptLogException e) {
          assertThat(e).hasMessageContaining("Restore a snapshot");
          refused++;
        }
      }
    }
    assertThat(cut).isBetween(1, 100); // the last entry has some 200 bytes
    assertThat(refused).isGreaterThan(20 * cut);
  }

  @Test
  void aRefusedStartChangesNothing() throws IOException {
    var disk = written();
    disk.damage(segments(disk).get(1), 60);
    var before = disk.operations();
    assertThatThrownBy(() -> new Machine(disk, Rig.LIMITS))
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining(segments(disk).get(1) + " at offset 48")
        .hasMessageContaining("written after it was synced");
    assertThat(disk.operations()).isEqualTo(before);
  }

  @Test
  void aLostEndOfASegmentIsRefused() throws IOException {
    var disk = written();
    var segment = segments(disk).get(1);
    disk.shorten(segment, HEADER);
    assertThatThrownBy(() -> new Machine(disk, Rig.LIMITS))
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining(segment);
  }

  @Test
  void aLostSegmentIsRefused() throws IOException {
    var disk = written();
    disk.delete(segments(disk).get(1));
    assertThatThrownBy(() -> new Machine(disk, Rig.LIMITS)).isInstanceOf(CorruptLogException.class);
  }

  /**
   * A member that was killed leaves zeros behind what it wrote: they are no damage, and go away.
   */
  @Test
  void roomThatWasNotUsedIsNoTornEnd() throws IOException {
    var disk = new FlakyDisk(1);
    var killed = new Machine(disk, Rig.LIMITS);
    for (int i = 0; i < ENTRIES; i++) {
      killed.applySynced(1, List.of(put(i)));
    }
    var last = segments(disk).getLast();
    disk.restart();
    int withRoom = disk.length(last);
    assertThat(damages(disk)).isEmpty();
    try (var machine = new Machine(disk, Rig.LIMITS)) {
      assertThat(present(machine)).isEqualTo(ENTRIES);
    }
    assertThat(disk.length(last)).isBetween(HEADER, withRoom - 1);
  }

  private static List<LogWalk.Damage> damages(FlakyDisk disk) throws IOException {
    var found = new ArrayList<LogWalk.Damage>();
    new LogWalk(disk, Rig.LIMITS.maxFrameBytes())
        .walk(
            new LogWalk.Visitor() {
              @Override
              public void file(String name) {}

              @Override
              public void frame(Frame frame, long offset, boolean covered) {}

              @Override
              public void damage(LogWalk.Damage damage) {
                found.add(damage);
              }
            });
    return found;
  }

  /** What Raft ordered is not synced entry by entry, and comes again from its log. */
  @Test
  void amongSeveralTheRestComesFromTheRaftLog() throws IOException {
    var rig = new Rig(1);
    for (int i = 0; i < ENTRIES; i++) {
      rig.apply(put(i));
    }
    rig.disk.damage(segments(rig.disk).get(1), 60);
    rig.restart();
    assertThat(present(rig.machine)).isEqualTo(ENTRIES);
  }

  /** So many entries, none of them behind a checkpoint. */
  private static FlakyDisk written() throws IOException {
    var disk = new FlakyDisk(1);
    try (var machine = new Machine(disk, Rig.LIMITS)) {
      for (int i = 0; i < ENTRIES; i++) {
        machine.applySynced(1, List.of(put(i), put(i)));
      }
    }
    return disk;
  }

  private static Command put(int number) {
    return Command.newBuilder()
        .setPut(
            PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("k" + number))
                .setValue(ByteString.copyFromUtf8("v".repeat(60))))
        .build();
  }

  private static long present(Machine machine) throws IOException {
    return machine
        .range(
            RangeRequest.newBuilder()
                .setKey(ByteString.copyFrom(new byte[1]))
                .setRangeEnd(ByteString.copyFrom(new byte[1]))
                .build())
        .getCount();
  }

  private static List<String> segments(FlakyDisk disk) {
    var segments = new ArrayList<>(disk.list());
    segments.removeIf(name -> !name.startsWith("seg-"));
    segments.sort(null);
    return segments;
  }
}
