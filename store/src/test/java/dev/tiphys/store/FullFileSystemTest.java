package dev.tiphys.store;

import static com.google.protobuf.ByteString.copyFrom;
import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tiphys.store.rpc.AlarmRequest;
import dev.tiphys.store.rpc.AlarmType;
import dev.tiphys.store.rpc.AuthGrpc;
import dev.tiphys.store.rpc.AuthRoleAddRequest;
import dev.tiphys.store.rpc.CompactionRequest;
import dev.tiphys.store.rpc.DeleteRangeRequest;
import dev.tiphys.store.rpc.MaintenanceGrpc;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.RangeRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store on a file system of 40 MB of its own, as a process, while that one fills up. */
class FullFileSystemTest {
  private static final List<String> NAMESPACE =
      List.of("unshare", "--user", "--map-root-user", "--mount");
  private static final int VALUE = 256 << 10;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private int roles;

  @BeforeAll
  static void aUserMayMount() throws IOException, InterruptedException {
    var command = new ArrayList<>(NAMESPACE);
    command.add("true");
    Assumptions.assumeTrue(
        new ProcessBuilder(command).start().waitFor() == 0,
        "this kernel lets nobody mount a file system in a namespace of his own");
  }

  private static StoreProcess start(Path mount) throws IOException {
    var by = new ArrayList<>(NAMESPACE);
    by.addAll(
        List.of("sh", "-c", "mount -t tmpfs -o size=40m tmpfs " + mount + " && exec \"$@\"", "sh"));
    return new StoreProcess(
        by, mount.resolve("data"), FreePort.pick(), "--disk-reserve-bytes=4194304");
  }

  @Test
  void fillingItUpEndsPutsOnly(@TempDir Path mount) throws Exception {
    try (var store = start(mount)) {
      put(store, 0);
      awaitReserve(store, mount);
      int puts = fill(store);
      assertThat(puts).isGreaterThan(80);
      assertThat(hasAlarm(store)).isTrue();
      assertThat(count(store)).isEqualTo(puts); // all that was acknowledged, nothing else

      long revision = delete(store);
      assertThat(count(store)).isZero();
      refused(store);
      compact(store, revision);
      await().atMost(PATIENCE).until(() -> !hasAlarm(store));
      put(store, 1000);
      assertThat(store.terminate()).isZero();
    }
  }

  @Test
  void whatOthersTakeComesBack(@TempDir Path mount) throws Exception {
    try (var store = start(mount)) {
      put(store, 0);
      put(store, 1);
      awaitReserve(store, mount);
      var filler = store.inside(mount.resolve("filler"));
      takeAll(filler);
      await().atMost(PATIENCE).until(() -> hasAlarm(store));
      refused(store);
      assertThat(count(store)).isEqualTo(2);
      delete(store); // into the reserve
      assertThat(count(store)).isZero();

      Files.delete(filler);
      await().atMost(PATIENCE).until(() -> !hasAlarm(store));
      put(store, 2);
      awaitReserve(store, mount);
      assertThat(store.terminate()).isZero();
    }
  }

  @Test
  void withoutAnyRoomReadsGoOnAndWritesComeBack(@TempDir Path mount) throws Exception {
    try (var store = start(mount)) {
      put(store, 0);
      awaitReserve(store, mount);
      var filler = store.inside(mount.resolve("filler"));
      takeAll(filler);
      await().atMost(PATIENCE).until(() -> hasAlarm(store));
      var more = store.inside(mount.resolve("more"));
      takeAll(more); // the reserve too
      // What is left of the last page takes some; then one waits for room, and all others are told.
      await().atMost(PATIENCE).until(() -> isRefused(store));
      assertThat(count(store)).isEqualTo(1);

      Files.delete(filler);
      Files.delete(more);
      await().atMost(PATIENCE).until(() -> !hasAlarm(store));
      put(store, 2);
      assertThat(count(store)).isEqualTo(2);
      assertThat(store.terminate()).isZero();
    }
  }

  /** Puts until one is refused, and returns how many were not. */
  private static int fill(StoreProcess store) {
    for (int i = 1; ; i++) {
      try {
        put(store, i);
      } catch (StatusRuntimeException e) {
        assertNoSpace(e);
        return i;
      }
    }
  }

  private static void takeAll(Path filler) throws IOException {
    var portion = new byte[4096];
    try (var out = Files.newOutputStream(filler)) {
      while (true) {
        out.write(portion);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("space");
    }
  }

  private static void awaitReserve(StoreProcess store, Path mount) {
    var reserve = store.inside(mount.resolve("data/reserve"));
    await().atMost(PATIENCE).until(() -> Files.exists(reserve) && Files.size(reserve) > 0);
  }

  private static void refused(StoreProcess store) {
    assertThatThrownBy(() -> put(store, 999))
        .isInstanceOfSatisfying(StatusRuntimeException.class, FullFileSystemTest::assertNoSpace);
  }

  private static void assertNoSpace(StatusRuntimeException e) {
    assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(e.getStatus().getDescription())
        .isEqualTo("etcdserver: mvcc: database space exceeded");
  }

  private static void put(StoreProcess store, int number) {
    store
        .kv()
        .put(
            PutRequest.newBuilder()
                .setKey(copyFromUtf8("k" + number))
                .setValue(copyFrom(new byte[VALUE]))
                .build());
  }

  private static long count(StoreProcess store) {
    return store
        .kv()
        .range(
            RangeRequest.newBuilder()
                .setKey(copyFromUtf8("k"))
                .setRangeEnd(copyFromUtf8("l"))
                .setKeysOnly(true)
                .build())
        .getKvsCount();
  }

  private static long delete(StoreProcess store) {
    return store
        .kv()
        .deleteRange(
            DeleteRangeRequest.newBuilder()
                .setKey(copyFromUtf8("k"))
                .setRangeEnd(copyFromUtf8("l"))
                .build())
        .getHeader()
        .getRevision();
  }

  /** A small write that no alarm forbids. */
  private void write(StoreProcess store) {
    AuthGrpc.newBlockingStub(store.channel())
        .withDeadlineAfter(Duration.ofSeconds(2))
        .roleAdd(AuthRoleAddRequest.newBuilder().setName("role" + roles++).build());
  }

  private boolean isRefused(StoreProcess store) {
    try {
      write(store);
      return false;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode() == Status.Code.RESOURCE_EXHAUSTED;
    }
  }

  private static void compact(StoreProcess store, long revision) {
    store.kv().compact(CompactionRequest.newBuilder().setRevision(revision).build());
  }

  private static boolean hasAlarm(StoreProcess store) {
    return MaintenanceGrpc.newBlockingStub(store.channel())
        .withDeadlineAfter(PATIENCE)
        .alarm(AlarmRequest.newBuilder().setAction(AlarmRequest.AlarmAction.GET).build())
        .getAlarmsList()
        .stream()
        .anyMatch(alarm -> alarm.getAlarm() == AlarmType.NOSPACE);
  }
}
