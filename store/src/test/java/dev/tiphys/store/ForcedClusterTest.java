package dev.tiphys.store;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.store.disk.CheckpointFile;
import dev.tiphys.store.disk.FlakyDisk;
import dev.tiphys.store.disk.IdentityFile;
import dev.tiphys.store.disk.RevisionLog;
import dev.tiphys.store.disk.StateSwap;
import dev.tiphys.store.mvcc.Machine;
import java.io.IOException;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A survivor begins a new cluster with all that its Raft log has, through power cuts. */
class ForcedClusterTest {
  private static final UUID NEW = new UUID(3, 4);

  @Test
  void whatIsOnlyInTheRaftLogIsThereAfterwards() throws IOException {
    var data = survivor(1);
    data.restart(); // the revision log was synced up to the checkpoint, the Raft log to its end
    ForcedCluster.make(data, NEW);
    check(data);
    assertThat(data.list()).contains("raft.old-1").doesNotContain("raft");
  }

  @Test
  void aPowerCutAtAnyPointLosesNothing() throws IOException {
    for (int n = 0; ; n++) {
      var data = survivor(n);
      data.restart();
      data.crashAfter(n);
      try {
        ForcedCluster.make(data, NEW);
        data.crashAfter(0);
        data.restart();
        check(data);
        assertThat(n).isGreaterThan(15);
        return;
      } catch (FlakyDisk.CrashException e) {
        data.restart();
      }
      new StateSwap(data).settled();
      ForcedCluster.make(data, NEW);
      check(data);
    }
  }

  @Test
  void damageToTheRaftLogIsRefusedAndNothingIsMoved() throws IOException {
    var data = survivor(1);
    data.restart();
    var current = data.within("raft").within(Survivor.CLUSTER.toString()).within("current");
    current.damage("log_1-15", current.length("log_1-15") - 20);
    assertThatThrownBy(() -> ForcedCluster.make(data, NEW))
        .hasMessageContaining("entry 15 is damaged or missing")
        .hasMessageContaining("--salvage NEW-DIR");
    assertThat(data.list()).contains("raft");
    assertThat(new IdentityFile(data).read().orElseThrow().cluster()).isEqualTo(Survivor.CLUSTER);
  }

  private static void check(FlakyDisk data) throws IOException {
    assertThat(new IdentityFile(data).read()).contains(new IdentityFile.Content(NEW, 7, true));
    var checkpoint = new CheckpointFile(data.within("log")).read().orElseThrow();
    assertThat(checkpoint.getMembersList()).isEmpty();
    assertThat(checkpoint.getAuth().getUsersList())
        .singleElement()
        .matches(u -> u.getName().equals(copyFromUtf8("u")));
    try (var machine = new Machine(data.within("log"), RevisionLog.Limits.DEFAULT)) {
      assertThat(machine.revision()).isEqualTo(Survivor.REVISION);
    }
  }

  private static FlakyDisk survivor(int seed) throws IOException {
    var data = new FlakyDisk(seed);
    Survivor.make(data);
    return data;
  }
}
