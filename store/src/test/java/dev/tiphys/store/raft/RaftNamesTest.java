package dev.tiphys.store.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.store.disk.CorruptLogException;
import dev.tiphys.store.disk.DirectoryDisk;
import dev.tiphys.store.disk.FlakyDisk;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names in Ratis' directory are made durable, and only those that promise nothing are removed. */
class RaftNamesTest {
  private static final String META = "raft-meta";

  private final FlakyDisk data = new FlakyDisk(1);
  private final List<String> failures = new ArrayList<>();
  private final RaftNames names = new RaftNames(data, settings(), Runnable::run, failures::add);

  @Test
  void whatIsSyncedSurvivesAPowerCutWithAllDirectoriesAbove() throws IOException {
    current().open(META);
    names.sync();
    data.restart();
    assertThat(current().list()).containsExactly(META);
  }

  @Test
  void changesAreSyncedOnce() throws IOException {
    current();
    names.sync();
    current().open("log_inprogress_0");
    names.change();
    names.syncChanges();
    long operations = data.operations();
    names.syncChanges();
    assertThat(data.operations()).isEqualTo(operations);
    data.restart();
    assertThat(current().list()).containsExactly("log_inprogress_0");
  }

  @Test
  void aSyncThatFailsEndsTheMember() throws IOException {
    current();
    data.crashAfter(0);
    assertThatThrownBy(names::sync).isInstanceOf(IOException.class);
    assertThat(failures).singleElement().asString().contains("could not be synced");
  }

  @Test
  void anInterruptOfWhoAsksForASyncFailsNone(@TempDir Path directory) throws IOException {
    var disk = new DirectoryDisk(directory);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var real = new RaftNames(disk, settings(), threads, failures::add);
      Thread.currentThread().interrupt();
      assertThatThrownBy(real::sync).isInstanceOf(InterruptedIOException.class);
      assertThat(Thread.interrupted()).isTrue();
      real.sync();
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void aFirstStartThatWasInterruptedIsRemoved() throws IOException {
    names.clear();
    assertThat(data.list()).isEmpty();
    current().open(META + ".tmp");
    names.clear();
    assertThat(data.within("raft").list()).isEmpty();
  }

  @Test
  void aLogWithoutItsMetaFileIsRefused() throws IOException {
    current().open("log_inprogress_0");
    assertThatThrownBy(names::clear)
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining(META + ": is missing");
    assertThat(current().list()).containsExactly("log_inprogress_0");
  }

  private FlakyDisk current() {
    return data.within("raft").within(OneOfThree.CLUSTER.toString()).within("current");
  }

  private static RaftSettings settings() {
    return new RaftSettings(
        Path.of("data"),
        OneOfThree.CLUSTER,
        OneOfThree.SELF,
        OneOfThree.MEMBERS,
        List.of(),
        null,
        Optional.empty(),
        Duration.ofSeconds(1),
        1 << 20,
        1000,
        true,
        RaftMetrics.NONE);
  }
}
