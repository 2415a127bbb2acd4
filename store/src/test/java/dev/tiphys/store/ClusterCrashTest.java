package dev.tiphys.store;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.store.crash.Event;
import dev.tiphys.store.crash.RecordedDisk;
import dev.tiphys.store.crash.RecordedDisk.Survival;
import dev.tiphys.store.crash.RecordedProcess;
import dev.tiphys.store.rpc.HashKVRequest;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.KeyValue;
import dev.tiphys.store.rpc.MaintenanceGrpc;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.RangeRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The power goes for all three members at once, at any write, sync or change of a name: what was
 * acknowledged is found, and no transaction in part. {@code -Dcrash.clusters=N} tries N moments.
 */
class ClusterCrashTest {
  private static final int MOMENTS = Integer.getInteger("crash.clusters", 6);

  @TempDir private Path directory = Path.of("");

  @Test
  void whatWasAcknowledgedIsFoundAfterAPowerCutOfAll() throws Exception {
    int[] peers = {FreePort.pick(), FreePort.pick(), FreePort.pick()};
    var events =
        RecordedProcess.run(
            Files.createDirectory(directory.resolve("recorded")),
            RecordedCluster.class,
            Integer.toString(peers[0]),
            Integer.toString(peers[1]),
            Integer.toString(peers[2]));
    var random = new Random(1);
    var moments = random.ints(0, events.size()).distinct().limit(MOMENTS).sorted().toArray();
    var disk = new RecordedDisk();
    var acknowledged = new ArrayList<String>();
    int n = 0;
    for (int moment : moments) {
      for (; n <= moment; n++) {
        disk.add(events.get(n));
        if (events.get(n) instanceof Event.Mark(var text) && text.startsWith("acknowledged ")) {
          acknowledged.add(text.split(" ", -1)[1]);
        }
      }
      var survival = random.nextBoolean() ? Survival.NOTHING : Survival.SOME;
      var image = Files.createDirectory(directory.resolve("after-" + moment));
      disk.writeAfter(survival, random, image);
      try {
        check(image, peers, acknowledged);
      } catch (Exception | AssertionError e) {
        throw new AssertionError("power cut after event " + moment + ", " + survival, e);
      }
    }
  }

  private static void check(Path image, int[] peers, List<String> acknowledged) throws Exception {
    try (var cluster = new TestCluster(image)) {
      var three = cluster.three(peers, RecordedCluster.FLAGS);
      var kv = KVGrpc.newBlockingStub(three.getFirst().channel());
      Patiently.ask(() -> kv.put(after()));
      var a = Patiently.ask(() -> contents(kv, "a/", "a0"));
      assertThat(Patiently.ask(() -> contents(kv, "b/", "b0"))).isEqualTo(a);
      assertThat(acknowledged).isSubsetOf(a.keySet());
      a.forEach((name, value) -> assertThat(value).isEqualTo(RecordedCluster.value(name)));
      long revision = TestCluster.status(three.getFirst()).getHeader().getRevision();
      assertThat(three.stream().map(store -> Patiently.ask(() -> hash(store, revision))).distinct())
          .hasSize(1);
    }
  }

  private static PutRequest after() {
    return PutRequest.newBuilder().setKey(copyFromUtf8("after")).build();
  }

  private static TreeMap<String, String> contents(
      KVGrpc.KVBlockingStub kv, String from, String to) {
    var request =
        RangeRequest.newBuilder().setKey(copyFromUtf8(from)).setRangeEnd(copyFromUtf8(to)).build();
    var contents = new TreeMap<String, String>();
    for (KeyValue pair : kv.range(request).getKvsList()) {
      contents.put(
          pair.getKey().toStringUtf8().substring(from.length()), pair.getValue().toStringUtf8());
    }
    return contents;
  }

  private static int hash(TestStore store, long revision) {
    // A read that waits until this member has all.
    KVGrpc.newBlockingStub(store.channel())
        .range(RangeRequest.newBuilder().setKey(copyFromUtf8("after")).build());
    return MaintenanceGrpc.newBlockingStub(store.channel())
        .hashKV(HashKVRequest.newBuilder().setRevision(revision).build())
        .getHash();
  }
}
