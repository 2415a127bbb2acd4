package dev.tiphys.store;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.store.disk.DirectoryDisk;
import dev.tiphys.store.disk.RevisionLog;
import dev.tiphys.store.mvcc.Machine;
import dev.tiphys.store.rpc.AlarmMember;
import dev.tiphys.store.rpc.AlarmRequest;
import dev.tiphys.store.rpc.AlarmType;
import dev.tiphys.store.rpc.CompactionRequest;
import dev.tiphys.store.rpc.HashKVRequest;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.LeaseGrantRequest;
import dev.tiphys.store.rpc.LeaseGrpc;
import dev.tiphys.store.rpc.LeaseTimeToLiveRequest;
import dev.tiphys.store.rpc.MaintenanceGrpc;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.RangeRequest;
import dev.tiphys.store.rpc.SnapshotRequest;
import dev.tiphys.store.tool.StoreTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A snapshot begins a new cluster with the same keys, revisions and leases. */
class SnapshotTest {
  @TempDir private Path directory = Path.of("");

  @Test
  void aRestoredSnapshotHoldsTheSameAndGoesOn() throws Exception {
    var file = directory.resolve("snapshot");
    int hash;
    long revision;
    long lease;
    try (var store = new TestStore(directory.resolve("first"))) {
      for (int i = 0; i < 300; i++) {
        put(store, "k" + i % 40, "v".repeat(i));
      }
      var leases = LeaseGrpc.newBlockingStub(store.channel());
      lease = leases.leaseGrant(LeaseGrantRequest.newBuilder().setTTL(600).build()).getID();
      KVGrpc.newBlockingStub(store.channel())
          .put(PutRequest.newBuilder().setKey(copyFromUtf8("bound")).setLease(lease).build());
      KVGrpc.newBlockingStub(store.channel())
          .compact(CompactionRequest.newBuilder().setRevision(100).build());
      revision = put(store, "last", "1");
      save(store, file);
      hash = hash(store);
    }
    assertThat(Files.size(file) % 512).isEqualTo(32);
    assertThat(StoreTool.run("snapshot", "status", file.toString())).isZero();
    var restored = directory.resolve("second");
    assertThat(restore(file, restored)).isZero();
    for (int start = 0; start < 2; start++) {
      try (var store = new TestStore(restored, "--name=other")) {
        assertThat(hash(store)).isEqualTo(hash);
        var ttl =
            LeaseGrpc.newBlockingStub(store.channel())
                .leaseTimeToLive(
                    LeaseTimeToLiveRequest.newBuilder().setID(lease).setKeys(true).build());
        assertThat(ttl.getKeysList()).containsExactly(copyFromUtf8("bound"));
        assertThat(put(store, "more", "1")).isEqualTo(++revision);
        hash = hash(store);
        var all =
            RangeRequest.newBuilder()
                .setKey(copyFromUtf8("k"))
                .setRangeEnd(copyFromUtf8("l"))
                .setCountOnly(true)
                .build();
        assertThat(KVGrpc.newBlockingStub(store.channel()).range(all).getCount()).isEqualTo(40);
      }
    }
  }

  @Test
  void aDamagedSnapshotIsRefusedAndNothingIsWritten() throws Exception {
    var file = directory.resolve("snapshot");
    try (var store = new TestStore(directory.resolve("first"))) {
      put(store, "a", "1");
      save(store, file);
    }
    byte[] bytes = Files.readAllBytes(file);
    var random = new Random(3);
    for (int i = 0; i < 20; i++) {
      var damaged = bytes.clone();
      damaged[random.nextInt(bytes.length)] ^= 4;
      Files.write(file, damaged);
      assertThat(restore(file, directory.resolve("second"))).isEqualTo(1);
    }
    Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 100));
    assertThat(restore(file, directory.resolve("second"))).isEqualTo(1);
    assertThat(directory.resolve("second/log/checkpoint")).doesNotExist();
  }

  /** What members of earlier releases gave. */
  @Test
  void aSnapshotInTheStoresOwnFormatIsRestoredToo() throws Exception {
    var data = directory.resolve("first");
    int hash;
    try (var store = new TestStore(data)) {
      put(store, "a", "1");
      put(store, "a", "2");
      hash = hash(store);
    }
    var file = directory.resolve("old");
    try (var out = Files.newOutputStream(file);
        var machine =
            new Machine(new DirectoryDisk(data.resolve("log")), RevisionLog.Limits.DEFAULT)) {
      machine.view(state -> state.files(out::write));
    }
    assertThat(StoreTool.run("snapshot", "status", file.toString())).isZero();
    assertThat(restore(file, directory.resolve("second"))).isZero();
    try (var store = new TestStore(directory.resolve("second"))) {
      assertThat(hash(store)).isEqualTo(hash);
    }
  }

  /** An alarm of a member that there is no more, but of what it says in the state. */
  @Test
  void thatTheStateIsCorruptIsNotForgottenButThatSpaceWasShortIs() throws Exception {
    var file = directory.resolve("snapshot");
    try (var store = new TestStore(directory.resolve("first"))) {
      put(store, "a", "1");
      for (var kind : List.of(AlarmType.CORRUPT, AlarmType.NOSPACE)) {
        MaintenanceGrpc.newBlockingStub(store.channel())
            .alarm(
                AlarmRequest.newBuilder()
                    .setAction(AlarmRequest.AlarmAction.ACTIVATE)
                    .setMemberID(77)
                    .setAlarm(kind)
                    .build());
      }
      save(store, file);
    }
    assertThat(restore(file, directory.resolve("second"))).isZero();
    try (var store = new TestStore(directory.resolve("second"))) {
      assertThat(
              MaintenanceGrpc.newBlockingStub(store.channel())
                  .alarm(AlarmRequest.getDefaultInstance())
                  .getAlarmsList())
          .containsExactly(
              AlarmMember.newBuilder().setMemberID(77).setAlarm(AlarmType.CORRUPT).build());
    }
  }

  @Test
  void aDirectoryInUseIsNotOverwritten() throws Exception {
    var file = directory.resolve("snapshot");
    try (var store = new TestStore(directory.resolve("first"))) {
      put(store, "a", "1");
      save(store, file);
      assertThat(restore(file, directory.resolve("first"))).isEqualTo(1);
    }
  }

  private static int restore(Path file, Path into) {
    return StoreTool.run("snapshot", "restore", file.toString(), "--data-dir", into.toString());
  }

  private static void save(TestStore store, Path file) throws IOException {
    var parts =
        MaintenanceGrpc.newBlockingStub(store.channel())
            .snapshot(SnapshotRequest.getDefaultInstance());
    try (var out = Files.newOutputStream(file)) {
      while (parts.hasNext()) {
        parts.next().getBlob().writeTo(out);
      }
    }
  }

  private static long put(TestStore store, String key, String value) {
    return KVGrpc.newBlockingStub(store.channel())
        .put(
            PutRequest.newBuilder().setKey(copyFromUtf8(key)).setValue(copyFromUtf8(value)).build())
        .getHeader()
        .getRevision();
  }

  private static int hash(TestStore store) {
    return MaintenanceGrpc.newBlockingStub(store.channel())
        .hashKV(HashKVRequest.getDefaultInstance())
        .getHash();
  }
}
