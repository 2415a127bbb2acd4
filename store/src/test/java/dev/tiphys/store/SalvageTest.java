package dev.tiphys.store;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.store.disk.CheckpointFile;
import dev.tiphys.store.disk.DirectoryDisk;
import dev.tiphys.store.disk.RevisionLog;
import dev.tiphys.store.mvcc.Machine;
import dev.tiphys.store.rpc.RangeRequest;
import dev.tiphys.store.tool.StoreTool;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code verify} and {@code --salvage} on the data directory of one of several members. */
class SalvageTest {
  private static final String SEGMENT = "log/seg-00000001-00000001.0000.log";

  @TempDir private Path directory = Path.of("");
  private Path data = Path.of("");
  private Path saved = Path.of("");

  @BeforeEach
  void make() throws IOException {
    data = directory.resolve("data");
    saved = directory.resolve("saved");
    Survivor.make(new DirectoryDisk(data));
  }

  @Test
  void everyPartOfAWholeDirectoryIsLookedAt() {
    assertThat(verify(0, data))
        .contains("identity member=7 cluster=" + Survivor.CLUSTER)
        .contains("raft-entries=40 last-entry=40")
        .contains("newest-revision=19")
        .endsWith("OK\n");
  }

  @Test
  void damageToTheRaftLogAndTheIdentityIsTold() throws IOException {
    damage(data.resolve("raft/" + Survivor.CLUSTER + "/current/log_1-15"), 20);
    damage(data.resolve("identity"), 20);
    assertThat(verify(1, data))
        .contains("damaged file=raft/" + Survivor.CLUSTER + "/current/log_1-15 offset=8 entry 1 is")
        .contains("damaged file=identity offset=0")
        .contains("DAMAGED: a member refuses to start with it");
  }

  @Test
  void theRaftLogIsSavedToo() throws IOException {
    assertThat(verify(0, data, "--salvage=" + saved)).contains("of the Raft log, entries=20");
    check();
  }

  /** Records behind the damage are in the Raft log as well, and must not count twice. */
  @Test
  void whatIsDamagedInTheRevisionLogComesFromTheRaftLog() throws IOException {
    long size = Files.size(data.resolve(SEGMENT));
    damage(data.resolve(SEGMENT), size - size / 4);
    assertThat(verify(1, data, "--salvage=" + saved))
        .contains("damaged file=seg-00000001-00000001.0000.log")
        .contains("of the Raft log, entries=2");
    check();
  }

  @Test
  void itIsSavedUpToWhatIsDamagedInTheRaftLog() throws IOException {
    var open = data.resolve("raft/" + Survivor.CLUSTER + "/current/log_inprogress_16");
    damage(open, 300);
    assertThat(verify(0, data, "--salvage=" + saved)).contains("of the Raft log, entries=");
    try (var machine = open()) {
      assertThat(machine.revision()).isBetween(21L, Survivor.REVISION - 1);
    }
  }

  private void check() throws IOException {
    var checkpoint =
        new CheckpointFile(new DirectoryDisk(saved.resolve("log"))).read().orElseThrow();
    assertThat(checkpoint.getIndex()).isEqualTo(-1);
    assertThat(checkpoint.getMembersList()).isEmpty();
    assertThat(checkpoint.getAuth().getUsersCount()).isOne();
    try (var machine = open()) {
      assertThat(machine.revision()).isEqualTo(Survivor.REVISION);
      for (int i : List.of(1, 10, 11, 20, 21, 40)) {
        var key = RangeRequest.newBuilder().setKey(copyFromUtf8("k" + i)).build();
        var found = machine.range(key);
        assertThat(found.getCount()).as("k%s", i).isOne();
        assertThat(found.getKvs(0).getVersion()).isOne();
      }
    }
  }

  private Machine open() throws IOException {
    return new Machine(new DirectoryDisk(saved.resolve("log")), RevisionLog.Limits.DEFAULT);
  }

  private static void damage(Path file, long at) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[(int) at] ^= 1;
    Files.write(file, bytes);
  }

  private static String verify(int code, Path data, String... options) {
    var output = new StringWriter();
    var writer = new PrintWriter(output, true);
    var arguments = new ArrayList<>(List.of("verify", data.toString()));
    arguments.addAll(List.of(options));
    assertThat(StoreTool.run(writer, writer, arguments.toArray(String[]::new)))
        .as("%s", output)
        .isEqualTo(code);
    return output.toString();
  }
}
