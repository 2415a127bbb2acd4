package dev.tiphys.store;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.awaitility.Awaitility.await;

import dev.tiphys.store.crash.RecordingProvider;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.RequestOp;
import dev.tiphys.store.rpc.TxnRequest;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A process that is recorded: three members, with writers at all of them, while the lead moves and
 * a member is away. What was acknowledged is noted among the events.
 */
final class RecordedCluster {
  /** What each member is started with beside where it is. */
  static final String[] FLAGS = {"--disk-reserve-bytes=0"};

  private static final int WRITERS = 4;
  private static final int WRITES_BETWEEN = 60;

  private final AtomicInteger written = new AtomicInteger();
  private final List<TestStore> stores = new CopyOnWriteArrayList<>();
  private volatile boolean over;

  private RecordedCluster() {}

  /** Takes the directory, and the peer ports. */
  public static void main(String[] args) throws Exception {
    new RecordedCluster()
        .run(Path.of(args[0]), Arrays.stream(args).skip(1).mapToInt(Integer::parseInt).toArray());
    RecordingProvider.recorder().mark("end");
    System.exit(0);
  }

  private void run(Path directory, int[] peers) throws Exception {
    var cluster = new TestCluster(directory);
    stores.addAll(cluster.three(peers, FLAGS));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < WRITERS; i++) {
        int writer = i;
        threads.execute(() -> write(writer));
      }
      try {
        moveLead();
        var away = stores.getFirst();
        stores.remove(away);
        cluster.stop(away);
        awaitWrites();
        stores.add(cluster.start(0, TestCluster.flag(peers), peers[0], FLAGS));
        moveLead();
        awaitWrites();
      } finally {
        over = true;
      }
    }
    cluster.close();
  }

  /** Each write is two keys, of which nobody may ever see one. */
  private void write(int writer) {
    for (int i = 0; !over; i++) {
      var name = writer + "-" + i;
      try {
        var store = stores.get(i % stores.size());
        KVGrpc.newBlockingStub(store.channel())
            .withDeadlineAfter(10, TimeUnit.SECONDS)
            .txn(
                TxnRequest.newBuilder()
                    .addSuccess(put("a/" + name, name))
                    .addSuccess(put("b/" + name, name))
                    .build());
        RecordingProvider.recorder().mark("acknowledged " + name);
        written.incrementAndGet();
      } catch (StatusRuntimeException | IndexOutOfBoundsException e) {
        // Its member stops, or the lead moves: what was not acknowledged may be there or not.
      }
    }
  }

  private static RequestOp put(String key, String name) {
    var put = PutRequest.newBuilder().setKey(copyFromUtf8(key)).setValue(copyFromUtf8(value(name)));
    return RequestOp.newBuilder().setRequestPut(put).build();
  }

  /** What is written under a name. */
  static String value(String name) {
    return name.repeat(1 + name.hashCode() % 3 * 40 & 127);
  }

  private void moveLead() {
    awaitWrites();
    TestCluster.moveLead(List.copyOf(stores));
    awaitWrites();
  }

  private void awaitWrites() {
    int enough = written.get() + WRITES_BETWEEN;
    await()
        .dontCatchUncaughtExceptions()
        .atMost(TestCluster.PATIENCE)
        .until(() -> written.get() >= enough);
  }
}
