package dev.tiphys.store.mvcc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.tiphys.store.disk.CorruptLogException;
import dev.tiphys.store.disk.FlakyDisk;
import dev.tiphys.store.record.Batch;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.rpc.CompactionRequest;
import dev.tiphys.store.rpc.DeleteRangeRequest;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.RangeRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A power cut before any write, sync or rename loses nothing that Raft has ordered. */
class CrashPointTest {
  private static final RangeRequest ALL =
      RangeRequest.newBuilder()
          .setKey(ByteString.copyFrom(new byte[1]))
          .setRangeEnd(ByteString.copyFrom(new byte[1]))
          .build();

  @Test
  void everyPowerCutIsSurvived() throws IOException {
    var entries = entries();
    var expected = contents(run(new FlakyDisk(0), entries), entries.size());
    long points = 0;
    for (long seed = 0; seed < 3; seed++) {
      for (long n = 0; ; n++) {
        var disk = new FlakyDisk(seed * 1_000_003 + n);
        disk.crashAfter(n);
        try {
          run(disk, entries);
          break; // it crashed after the last operation
        } catch (FlakyDisk.CrashException e) {
          disk.restart();
        }
        assertThat(contents(run(disk, entries), entries.size()))
            .as("power cut before operation %s, seed %s", n, seed)
            .isEqualTo(expected);
        points++;
      }
    }
    assertThat(points).isGreaterThan(300);
  }

  @Test
  void aPowerCutDuringRecoveryIsSurvived() throws IOException {
    var entries = entries();
    var expected = contents(run(new FlakyDisk(0), entries), entries.size());
    for (long n = 20; n < 120; n += 7) {
      for (long m = 0; m < 12; m++) {
        var disk = new FlakyDisk(n * 31 + m);
        crash(disk, n, entries);
        crash(disk, m, entries);
        assertThat(contents(run(disk, entries), entries.size()))
            .as("power cuts before operations %s and then %s", n, m)
            .isEqualTo(expected);
      }
    }
  }

  @Test
  void aLoneMemberKeepsWhatItHasAnswered() throws IOException {
    var entries = entries();
    var after = new ArrayList<List<String>>();
    var model = new Machine(new FlakyDisk(0), Rig.LIMITS);
    after.add(contents(model));
    for (int i = 0; i < entries.size(); i++) {
      model.applySynced(1, entries.get(i).getCommandsList());
      after.add(contents(model));
    }
    for (long n = 0; ; n++) {
      var disk = new FlakyDisk(n);
      disk.crashAfter(n);
      int answered = runAlone(disk, entries);
      if (answered == entries.size()) {
        break;
      }
      disk.restart();
      var machine = new Machine(disk, Rig.LIMITS);
      assertThat(contents(machine))
          .as("power cut before operation %s", n)
          .isIn(after.get(answered), after.get(answered + 1));
    }
  }

  /** Returns how many entries were applied before the power went. */
  private static int runAlone(FlakyDisk disk, List<Batch> entries) throws IOException {
    int answered = 0;
    try {
      var machine = new Machine(disk, Rig.LIMITS);
      for (var entry : entries) {
        machine.applySynced(1, entry.getCommandsList());
        answered++;
        if (answered % 9 == 0) {
          machine.checkpoint();
        }
        if (answered % 13 == 12) {
          machine.dropCompacted();
        }
      }
    } catch (FlakyDisk.CrashException e) {
      // as wanted
    }
    return answered;
  }

  @Test
  void damageToSyncedDataIsRefused() throws IOException {
    var entries = entries();
    var disk = new FlakyDisk(1);
    var machine = run(disk, entries);
    machine.checkpoint();
    var damaged = anEarlySegment(disk);
    disk.damage(damaged, 100);
    assertThatThrownBy(() -> new Machine(disk, Rig.LIMITS))
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining(damaged)
        .hasMessageContaining("Restore a snapshot");
  }

  @Test
  void aMissingSegmentIsRefused() throws IOException {
    var entries = entries();
    var disk = new FlakyDisk(1);
    run(disk, entries).checkpoint();
    disk.delete(anEarlySegment(disk));
    assertThatThrownBy(() -> new Machine(disk, Rig.LIMITS))
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining("is missing");
  }

  private static String anEarlySegment(FlakyDisk disk) {
    return disk.list().stream().filter(name -> name.startsWith("seg-")).sorted().toList().get(1);
  }

  private static void crash(FlakyDisk disk, long after, List<Batch> entries) throws IOException {
    disk.crashAfter(after);
    try {
      run(disk, entries);
    } catch (FlakyDisk.CrashException e) {
      // as wanted
    }
    disk.restart();
  }

  /** Opens a machine and applies what it has not applied yet, with checkpoints in between. */
  private static Machine run(FlakyDisk disk, List<Batch> entries) throws IOException {
    var machine = new Machine(disk, Rig.LIMITS);
    for (int i = (int) machine.durable().index() + 1; i < entries.size(); i++) {
      machine.apply(1, i, entries.get(i));
      if (i % 9 == 0) {
        machine.checkpoint();
      }
      if (i % 13 == 12) {
        machine.dropCompacted();
      }
    }
    return machine;
  }

  private static List<String> contents(Machine machine, int entries) throws IOException {
    assertThat(machine.applied().index()).isEqualTo(entries - 1);
    return contents(machine);
  }

  private static List<String> contents(Machine machine) throws IOException {
    var contents = new ArrayList<String>();
    for (long r = machine.compacted(); r <= machine.revision(); r++) {
      contents.add(machine.range(ALL.toBuilder().setRevision(r).build()).toString());
    }
    return contents;
  }

  private static List<Batch> entries() {
    var entries = new ArrayList<Batch>();
    for (int i = 0; i < 60; i++) {
      var batch = Batch.newBuilder();
      for (int j = 0; j <= i % 3; j++) {
        batch.addCommands(
            Command.newBuilder()
                .setPut(
                    PutRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8("k" + (i * 7 + j) % 11))
                        .setValue(ByteString.copyFromUtf8("v".repeat(1 + (i * 37) % 200)))));
      }
      if (i % 8 == 5) {
        batch.addCommands(
            Command.newBuilder()
                .setDeleteRange(
                    DeleteRangeRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8("k3"))
                        .setRangeEnd(ByteString.copyFromUtf8("k6"))));
      }
      if (i == 20 || i == 45) {
        batch.addCommands(
            Command.newBuilder().setCompact(CompactionRequest.newBuilder().setRevision(i)));
      }
      entries.add(batch.build());
    }
    return entries;
  }
}
