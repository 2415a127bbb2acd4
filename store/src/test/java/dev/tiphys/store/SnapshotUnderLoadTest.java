package dev.tiphys.store;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import dev.tiphys.store.rpc.CompactionRequest;
import dev.tiphys.store.rpc.HashKVRequest;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.KeyValue;
import dev.tiphys.store.rpc.MaintenanceGrpc;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.RangeRequest;
import dev.tiphys.store.rpc.RequestOp;
import dev.tiphys.store.rpc.SnapshotRequest;
import dev.tiphys.store.rpc.SnapshotResponse;
import dev.tiphys.store.rpc.TxnRequest;
import dev.tiphys.store.tool.StoreTool;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots of a store that is written to, compacted, large, or killed meanwhile. */
class SnapshotUnderLoadTest {
  private static final int BIG = 150;
  private static final long KEPT = 300;

  @TempDir private Path directory = Path.of("");

  @Test
  void itIsOfOneRevision() throws Exception {
    var file = directory.resolve("snapshot");
    var written = new ConcurrentHashMap<Long, Long>();
    try (var store = new TestStore(directory.resolve("first"));
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      fill(store.channel(), 4); // more than can be on its way, so that the snapshot waits for us
      var stop = new AtomicBoolean();
      var enough = new CountDownLatch(1000);
      var writer = threads.submit(() -> write(store.channel(), written, stop, enough));
      assertThat(enough.await(1, TimeUnit.MINUTES)).isTrue();
      var parts = snapshot(store.channel());
      var first = parts.next();
      int before = written.size();
      await().until(() -> written.size() > before + 1000); // with ten compactions
      save(first, parts, file);
      stop.set(true);
      writer.get();
    }
    try (var restored = restored(file)) {
      check(restored.channel(), written);
      assumeTrue(RealEtcd.isInstalled() && Program.isInstalled(), Program.MISSING);
      new Program()
          .run("snapshot", "restore", file.toString(), "--data-dir=" + directory.resolve("etcd"));
      try (var etcd = new RealEtcd(directory)) {
        check(etcd.channel(), written);
        assertThat(hash(etcd.channel())).isEqualTo(hash(restored.channel()));
        // Versions go on where they were.
        pair(etcd.channel(), -1);
        pair(restored.channel(), -1);
        assertThat(get(etcd.channel(), "a", 0)).isEqualTo(get(restored.channel(), "a", 0));
      }
    }
  }

  /** The process has 64 MB of memory. */
  @Test
  void itIsLargerThanMemoryAndLeavesNothingWhenItsMemberIsKilled() throws Exception {
    var data = directory.resolve("data");
    var file = directory.resolve("snapshot");
    int port = FreePort.pick();
    try (var store = new StoreProcess(data, port)) {
      fill(store.channel(), BIG);
      var parts = snapshot(store.channel());
      save(parts.next(), parts, file);
      assertThat(StoreTool.run("snapshot", "status", file.toString())).isZero();
      assertThat(Files.size(file)).isGreaterThan(BIG << 20);
      var cut = snapshot(store.channel());
      assertThat(cut.next().getRemainingBytes()).isGreaterThan(100 << 20);
      store.kill();
      assertThatThrownBy(() -> cut.forEachRemaining(_ -> {}))
          .isInstanceOf(StatusRuntimeException.class);
    }
    assertThat(files(data)).allMatch(SnapshotUnderLoadTest::isKnown);
    try (var store = new StoreProcess(data, port)) {
      assertThat(get(store.channel(), "big0", 0).getValue().size()).isEqualTo(1 << 20);
      assertThat(files(data)).allMatch(SnapshotUnderLoadTest::isKnown);
    }
  }

  /** Who left while the log was read is not read for; the next one need not wait for that. */
  @Test
  void whoeverLeavesHoldsUpNobody() throws Exception {
    try (var store = new TestStore(directory.resolve("first"))) {
      fill(store.channel(), 4);
      for (int i = 0; i < 20; i++) {
        var context = Context.current().withCancellation();
        var left = context.call(() -> snapshot(store.channel()));
        context.cancel(null);
        assertThatThrownBy(() -> left.forEachRemaining(_ -> {})).hasMessageContaining("CANCELLED");
      }
      var parts = snapshot(store.channel());
      var file = directory.resolve("snapshot");
      save(parts.next(), parts, file);
      assertThat(StoreTool.run("snapshot", "status", file.toString())).isZero();
    }
  }

  private static boolean isKnown(String file) {
    return file.matches("lock|identity|reserve(.tmp)?|log/checkpoint|log/seg-[-0-9a-f.]+log");
  }

  private static List<String> files(Path data) throws IOException {
    try (var all = Files.walk(data)) {
      return all.filter(Files::isRegularFile).map(f -> data.relativize(f).toString()).toList();
    }
  }

  private static void fill(Channel channel, int megabytes) {
    byte[] value = new byte[1 << 20];
    for (int i = 0; i < megabytes; i++) {
      KVGrpc.newBlockingStub(channel)
          .withWaitForReady()
          .put(
              PutRequest.newBuilder()
                  .setKey(copyFromUtf8("big" + i))
                  .setValue(ByteString.copyFrom(value))
                  .build());
    }
  }

  /** Two keys that are always the same, by revision. */
  private static boolean write(
      Channel channel, Map<Long, Long> written, AtomicBoolean stop, CountDownLatch enough) {
    for (long i = 0; !stop.get(); i++) {
      long revision = pair(channel, i);
      written.put(revision, i);
      enough.countDown();
      if (i % 100 == 99 && i > KEPT) {
        KVGrpc.newBlockingStub(channel)
            .compact(CompactionRequest.newBuilder().setRevision(revision - KEPT).build());
      }
    }
    return true;
  }

  private static long pair(Channel channel, long value) {
    return KVGrpc.newBlockingStub(channel)
        .txn(
            TxnRequest.newBuilder().addSuccess(put("a", value)).addSuccess(put("b", value)).build())
        .getHeader()
        .getRevision();
  }

  private static RequestOp put(String key, long value) {
    return RequestOp.newBuilder()
        .setRequestPut(
            PutRequest.newBuilder().setKey(copyFromUtf8(key)).setValue(copyFromUtf8("" + value)))
        .build();
  }

  private static void check(Channel channel, Map<Long, Long> written) {
    var newest = get(channel, "a", 0);
    for (long at = newest.getModRevision(); at > newest.getModRevision() - KEPT; at--) {
      var a = get(channel, "a", at);
      assertThat(a.getModRevision()).isEqualTo(at);
      assertThat(a.getValue().toStringUtf8()).isEqualTo("" + written.get(at));
      assertThat(get(channel, "b", at)).isEqualTo(a.toBuilder().setKey(copyFromUtf8("b")).build());
    }
  }

  private static KeyValue get(Channel channel, String key, long revision) {
    return KVGrpc.newBlockingStub(channel)
        .withWaitForReady()
        .range(RangeRequest.newBuilder().setKey(copyFromUtf8(key)).setRevision(revision).build())
        .getKvs(0);
  }

  private static int hash(Channel channel) {
    return MaintenanceGrpc.newBlockingStub(channel)
        .hashKV(HashKVRequest.getDefaultInstance())
        .getHash();
  }

  private static Iterator<SnapshotResponse> snapshot(Channel channel) {
    return MaintenanceGrpc.newBlockingStub(channel).snapshot(SnapshotRequest.getDefaultInstance());
  }

  private static void save(SnapshotResponse first, Iterator<SnapshotResponse> rest, Path file)
      throws IOException {
    try (var out = Files.newOutputStream(file)) {
      first.getBlob().writeTo(out);
      while (rest.hasNext()) {
        rest.next().getBlob().writeTo(out);
      }
    }
  }

  private TestStore restored(Path file) throws IOException {
    var into = directory.resolve("second");
    assertThat(StoreTool.run("snapshot", "restore", file.toString(), "--data-dir", into.toString()))
        .isZero();
    return new TestStore(into);
  }
}
