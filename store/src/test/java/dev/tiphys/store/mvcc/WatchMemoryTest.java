package dev.tiphys.store.mvcc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.tiphys.store.disk.FlakyDisk;
import dev.tiphys.store.disk.RevisionLog;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.rpc.DeleteRangeRequest;
import dev.tiphys.store.rpc.KeyValue;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.WatchCreateRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What watches hold of a history of any length and size. */
class WatchMemoryTest {
  private static final KeyRange ALL = new KeyRange(new byte[0], null);
  private static final int BIG = 300 << 10;

  @Test
  void bigRevisionsAreReadAFewAtATime() throws IOException {
    try (var machine = new Machine(new FlakyDisk(0), RevisionLog.Limits.DEFAULT)) {
      for (int i = 0; i < 20; i++) {
        put(machine, 1, BIG);
      }
      var chunk = machine.history().changes(ALL, 2, machine.revision(), false);
      assertThat(chunk).hasSize(4); // the fourth passes the bound
      assertThat(read(machine)).containsExactlyElementsOf(revisions(machine));
    }
  }

  @Test
  void manyRevisionsAreReadAThousandAtATime() throws IOException {
    try (var machine = new Machine(new FlakyDisk(0), RevisionLog.Limits.DEFAULT)) {
      for (int i = 0; i < 2500; i++) {
        put(machine, i % 7, 1);
      }
      assertThat(machine.history().changes(ALL, 2, machine.revision(), false))
          .hasSize(History.CHUNK);
      assertThat(read(machine)).containsExactlyElementsOf(revisions(machine));
    }
  }

  @Test
  void aRevisionLargerThanAllBoundsComesWhole() throws IOException {
    try (var machine = new Machine(new FlakyDisk(0), RevisionLog.Limits.DEFAULT)) {
      put(machine, 1, 3 << 20);
      put(machine, 1, 1);
      assertThat(machine.history().changes(ALL, 2, machine.revision(), false)).hasSize(1);
      assertThat(read(machine)).containsExactlyElementsOf(revisions(machine));
    }
  }

  @Test
  void whoIsBehindByMegabytesGoesBackToTheLog() {
    var watches = new Watches(_ -> 0);
    var wish = WatchGroup.Wish.of(ALL, WatchCreateRequest.getDefaultInstance());
    var watcher = watches.add(1, wish, false, 2);
    watches.goLive(watcher);
    for (int revision = 2; watcher.live; revision++) {
      assertThat(revision).as("changes of 300 kB that are held").isLessThan(20);
      watches.offer(change(revision));
    }
    assertThat(watcher.next).isEqualTo(2);
    assertThat(watches.withNews()).isEmpty();
    assertThat(watches.behind()).containsExactly(watcher);
  }

  @Test
  void whatWasBeforeCountsWhereItIsSentToo() throws IOException {
    try (var machine = new Machine(new FlakyDisk(0), RevisionLog.Limits.DEFAULT)) {
      for (int i = 0; i < 20; i++) {
        put(machine, i, BIG);
      }
      long first = machine.revision() + 1;
      for (int i = 0; i < 20; i++) {
        var delete = DeleteRangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("k" + i));
        machine.applySynced(1, List.of(Command.newBuilder().setDeleteRange(delete).build()));
      }
      assertThat(machine.history().changes(ALL, first, machine.revision(), false)).hasSize(20);
      var chunk = machine.history().changes(ALL, first, machine.revision(), true);
      assertThat(chunk).hasSize(4);

      var watches = new Watches(change -> machine.history().bytesBefore(change));
      var wish = WatchGroup.Wish.of(ALL, WatchCreateRequest.newBuilder().setPrevKv(true).build());
      var watcher = watches.add(1, wish, false, first);
      watches.goLive(watcher);
      machine.history().changes(ALL, first, machine.revision(), false).forEach(watches::offer);
      assertThat(watcher.live).as("with 6 MB to send").isFalse();
    }
  }

  private static Change change(long revision) {
    var key = new byte[] {1};
    var kv =
        KeyValue.newBuilder()
            .setKey(ByteString.copyFrom(key))
            .setValue(ByteString.copyFrom(new byte[BIG]))
            .build();
    return new Change(revision, List.of(Change.KeyEvent.put(key, kv)));
  }

  private static List<Long> revisions(Machine machine) {
    return IntStream.rangeClosed(2, (int) machine.revision()).mapToObj(Long::valueOf).toList();
  }

  private static List<Long> read(Machine machine) throws IOException {
    var read = new ArrayList<Long>();
    for (long from = 2; from <= machine.revision(); from = read.getLast() + 1) {
      machine
          .history()
          .changes(ALL, from, machine.revision(), false)
          .forEach(c -> read.add(c.revision()));
    }
    return read;
  }

  private static void put(Machine machine, int key, int bytes) throws IOException {
    var put =
        PutRequest.newBuilder()
            .setKey(ByteString.copyFromUtf8("k" + key))
            .setValue(ByteString.copyFrom(new byte[bytes]));
    machine.applySynced(1, List.of(Command.newBuilder().setPut(put).build()));
  }
}
