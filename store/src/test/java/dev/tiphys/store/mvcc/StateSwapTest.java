package dev.tiphys.store.mvcc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.tiphys.store.disk.CorruptLogException;
import dev.tiphys.store.disk.Disk;
import dev.tiphys.store.disk.FlakyDisk;
import dev.tiphys.store.disk.SnapshotFile;
import dev.tiphys.store.disk.StateSwap;
import dev.tiphys.store.record.Batch;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.rpc.PutRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A state that is fetched takes the place of the one in force, or leaves it as it is. */
class StateSwapTest {
  private static final int OWN = 10;
  private static final int FETCHED = 30;

  @TempDir private Path directory = Path.of("");

  @Test
  void aPowerCutAtAnyPointLeavesTheOneStateOrTheOther() throws Exception {
    var snapshot = snapshot();
    int before = 0;
    for (long n = 0; ; n++) {
      var data = member(n);
      data.crashAfter(n);
      boolean ended = false;
      try {
        replace(data, snapshot);
        ended = true;
      } catch (FlakyDisk.CrashException e) {
        before++;
      }
      data.crashAfter(0);
      data.restart();
      long revision = revision(data);
      assertThat(revision).as("power cut before operation %s", n).isIn(1L + OWN, 1L + FETCHED);
      assertThat(data.list()).containsExactly("log");
      if (ended) {
        assertThat(revision).isEqualTo(1 + FETCHED);
        break;
      }
    }
    assertThat(before).isGreaterThan(15);
  }

  @Test
  void aPowerCutWhileTheFirstOneIsSettledIsSurvived() throws Exception {
    var snapshot = snapshot();
    long operations = operations(snapshot);
    for (long n = 0; n < operations; n++) {
      for (long m = 0; m < 8; m++) {
        var data = member(n * 31 + m);
        data.crashAfter(n);
        assertThatThrownBy(() -> replace(data, snapshot))
            .isInstanceOf(FlakyDisk.CrashException.class);
        data.restart();
        data.crashAfter(m);
        try {
          revision(data);
        } catch (FlakyDisk.CrashException e) {
          // as wanted
        }
        data.restart();
        assertThat(revision(data))
            .as("power cuts before operations %s and then %s", n, m)
            .isIn(1L + OWN, 1L + FETCHED);
      }
    }
  }

  @Test
  void theOldStateGoesOnlyWhenTheNewOneWasOpened() throws Exception {
    var data = member(1);
    var swap = new StateSwap(data);
    swap.unpack(snapshot());
    swap.swap();
    swap.settled();
    assertThat(data.list()).contains("log", "log.replaced");
    assertThat(new Machine(data.within("log.replaced"), Rig.LIMITS).revision()).isEqualTo(1 + OWN);
    swap.confirm();
    assertThat(data.list()).containsExactly("log");
  }

  @Test
  void aMemberWithDamagedRecordsGivesNoSnapshot() throws Exception {
    var disk = new FlakyDisk(1);
    try (var machine = filled(disk, FETCHED)) {
      disk.damage("seg-00000001-00000001.0000.log", 500);
      assertThatThrownBy(() -> machine.view(state -> state.files(_ -> {})))
          .isInstanceOf(CorruptLogException.class)
          .hasMessageContaining("seg-00000001-00000001.0000.log at offset ");
    }
  }

  /** Its sum is right: the damage was there when it was taken. */
  @Test
  void aSnapshotWithADamagedRecordIsRefusedAndTheOwnStateStays() throws Exception {
    byte[] bytes = bytes();
    int segments = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("seg-");
    int refused = 0;
    for (int at = segments + 40; at < bytes.length - 600; at += 97) {
      byte[] damaged = bytes.clone();
      damaged[at] ^= 8;
      var file = write(sealed(damaged));
      assertThatThrownBy(file::status).as("%s", at).isInstanceOf(IOException.class);
      var data = member(at);
      assertThatThrownBy(() -> new StateSwap(data).unpack(file)).isInstanceOf(IOException.class);
      assertThat(revision(data)).isEqualTo(1 + OWN);
      refused++;
    }
    assertThat(refused).isGreaterThan(20);
    assertThat(write(sealed(bytes)).status().revision()).isEqualTo(1 + FETCHED);
  }

  private static void replace(FlakyDisk data, SnapshotFile snapshot) throws IOException {
    var swap = new StateSwap(data);
    var machine = new Machine(data.within("log"), Rig.LIMITS);
    swap.unpack(snapshot);
    machine.replace(swap::swap);
    swap.confirm();
  }

  private long operations(SnapshotFile snapshot) throws IOException {
    var data = member(0);
    long before = data.operations();
    replace(data, snapshot);
    return data.operations() - before;
  }

  /** Starts as a member does, and stops. */
  private static long revision(FlakyDisk data) throws IOException {
    var swap = new StateSwap(data);
    try (var machine = new Machine(swap.settled(), Rig.LIMITS)) {
      swap.confirm();
      return machine.revision();
    }
  }

  private static FlakyDisk member(long seed) throws IOException {
    var data = new FlakyDisk(seed);
    try (var machine = filled(new StateSwap(data).settled(), OWN)) {
      machine.checkpoint();
    }
    return data;
  }

  private SnapshotFile snapshot() throws Exception {
    return write(bytes());
  }

  private static byte[] bytes() throws Exception {
    var out = new ByteArrayOutputStream();
    try (var machine = filled(new FlakyDisk(1), FETCHED)) {
      machine.view(state -> state.files(out::write));
    }
    return out.toByteArray();
  }

  private SnapshotFile write(byte[] bytes) throws IOException {
    var file = directory.resolve("snapshot");
    Files.write(file, bytes);
    return new SnapshotFile(file);
  }

  private static byte[] sealed(byte[] bytes) throws Exception {
    var sum = MessageDigest.getInstance("SHA-256");
    sum.update(bytes, 0, bytes.length - 32);
    byte[] sealed = Arrays.copyOf(bytes, bytes.length);
    ByteBuffer.wrap(sealed).put(bytes.length - 32, sum.digest());
    return sealed;
  }

  private static Machine filled(Disk disk, int entries) throws IOException {
    var machine = new Machine(disk, Rig.LIMITS);
    for (int i = 0; i < entries; i++) {
      var put =
          PutRequest.newBuilder()
              .setKey(ByteString.copyFromUtf8("k" + i))
              .setValue(ByteString.copyFromUtf8("v".repeat(80)));
      machine.apply(1, i, Batch.newBuilder().addCommands(Command.newBuilder().setPut(put)).build());
    }
    return machine;
  }
}
