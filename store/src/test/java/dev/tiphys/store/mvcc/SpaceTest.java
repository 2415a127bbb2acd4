package dev.tiphys.store.mvcc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.rpc.CompactionRequest;
import dev.tiphys.store.rpc.DeleteRangeRequest;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.RangeRequest;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What compaction made unreachable gives its space back, and nothing else goes with it. */
class SpaceTest {
  private static final String VALUE = "v".repeat(300);

  @Test
  void overwrittenRevisionsGoFromDisk() throws IOException {
    var rig = new Rig(1);
    put(rig, "once");
    for (int i = 0; i < 200; i++) {
      put(rig, "often");
    }
    long before = rig.machine.bytes();
    compactAndClean(rig);
    assertThat(rig.machine.bytes()).isLessThan(before / 10);
    assertThat(read(rig, "once")).isEqualTo(1);
    assertThat(read(rig, "often")).isEqualTo(1);
    rig.restart();
    assertThat(read(rig, "once")).isEqualTo(1);
    assertThat(read(rig, "often")).isEqualTo(1);
  }

  @Test
  void deletedKeysStayDeletedThoughTheirDeletionGoes() throws IOException {
    var rig = new Rig(2);
    // A segment full of live keys with one in it that is deleted much later: too alive to rewrite.
    for (int i = 0; i < 6; i++) {
      put(rig, "alive" + i);
      if (i == 3) {
        put(rig, "doomed");
      }
    }
    for (int i = 0; i < 30; i++) {
      put(rig, "filler");
    }
    rig.done(
        Command.newBuilder()
            .setDeleteRange(
                DeleteRangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("doomed")))
            .build());
    for (int round = 0; round < 4; round++) {
      for (int i = 0; i < 30; i++) {
        put(rig, "filler");
      }
      compactAndClean(rig);
      rig.restart();
      assertThat(read(rig, "doomed")).as("after round %s", round).isZero();
      assertThat(read(rig, "alive3")).isEqualTo(1);
    }
  }

  @Test
  void spaceIsGivenBackAgainAndAgain() throws IOException {
    var rig = new Rig(3);
    long most = 0;
    for (int round = 0; round < 20; round++) {
      for (int i = 0; i < 100; i++) {
        put(rig, "k" + i % 5);
      }
      compactAndClean(rig);
      most = Math.max(most, rig.machine.bytes());
    }
    assertThat(most).isLessThan(20_000);
  }

  private static void compactAndClean(Rig rig) throws IOException {
    rig.done(
        Command.newBuilder()
            .setCompact(CompactionRequest.newBuilder().setRevision(rig.machine.revision()))
            .build());
    rig.machine.checkpoint();
    rig.machine.dropCompacted();
  }

  private static void put(Rig rig, String key) throws IOException {
    rig.done(
        Command.newBuilder()
            .setPut(
                PutRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8(key))
                    .setValue(ByteString.copyFromUtf8(VALUE)))
            .build());
  }

  private static long read(Rig rig, String key) throws IOException {
    return rig
        .machine
        .range(RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build())
        .getKvsList()
        .stream()
        .filter(kv -> kv.getValue().toStringUtf8().equals(VALUE))
        .count();
  }
}
