package dev.tiphys.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tiphys.store.disk.DirectoryDisk;
import dev.tiphys.store.disk.RevisionLog;
import dev.tiphys.store.mvcc.Machine;
import dev.tiphys.store.raft.RaftLogBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The power goes just when a member has taken the leader's state: its Raft log still ends long
 * before.
 */
class StateAheadOfLogTest {
  private static final int KEYS = 50;

  @TempDir private Path directory = Path.of("");

  @Test
  void aMemberWhoseLogEndsBeforeItsStateGoesOn() throws Exception {
    int[] peers = {FreePort.pick(), FreePort.pick(), FreePort.pick()};
    try (var cluster = new TestCluster(directory)) {
      goOn(cluster, peers);
    }
  }

  private void goOn(TestCluster cluster, int[] peers) throws Exception {
    var three = cluster.three(peers);
    for (int i = 0; i < KEYS; i++) {
      three.get(i % 3).put("k" + i, "before");
    }
    assertThat(three.get(2).get("k0")).isEqualTo("before"); // so it has all
    cluster.stop(three.get(2));
    makeDurable();
    shortenLog(5);
    three.get(0).put("k0", "meanwhile");
    var again = cluster.start(2, TestCluster.flag(peers), peers[2]);
    await()
        .atMost(TestCluster.PATIENCE)
        .untilAsserted(() -> assertThat(again.getStale("k0")).isEqualTo("meanwhile"));
    again.put("k1", "after");
    assertThat(three.get(1).get("k1")).isEqualTo("after");
  }

  private void makeDurable() throws IOException {
    var log = new DirectoryDisk(directory.resolve("m2").resolve("log"));
    try (var machine = new Machine(log, RevisionLog.Limits.DEFAULT)) {
      machine.checkpoint();
    }
  }

  /** Leaves an open segment with so many entries. */
  private void shortenLog(int entries) throws IOException {
    List<Path> segments;
    try (var files = Files.walk(directory.resolve("m2").resolve("raft"))) {
      segments = files.filter(file -> file.getFileName().toString().startsWith("log_")).toList();
    }
    assertThat(segments).isNotEmpty();
    for (var segment : segments) {
      Files.delete(segment);
    }
    var log = new RaftLogBytes(0);
    for (int i = 0; i < entries; i++) {
      log.add();
    }
    Files.write(segments.getFirst().resolveSibling("log_inprogress_0"), log.bytes());
  }
}
