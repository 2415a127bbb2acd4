package dev.tiphys.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tiphys.store.rpc.AlarmRequest;
import dev.tiphys.store.rpc.CompactionRequest;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.MaintenanceGrpc;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Members that agree are never told apart: while clients write whatever they like, history is
 * compacted and rewritten, members stop, come back, and fetch the state of others.
 */
class NoFalseAlarmTest {
  private static final int CLIENTS = 4;
  private static final int STOPS = 7;

  /** Between two stops. */
  private static final int ANSWERS = 400;

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final String[] FLAGS = {
    "--experimental-corrupt-check-time=20ms",
    "--experimental-compact-hash-check-enabled",
    "--experimental-compact-hash-check-time=30ms",
    "--experimental-initial-corrupt-check",
    // Small segments, so that many are rewritten.
    "--quota-backend-bytes=4194304"
  };

  @TempDir private Path directory = Path.of("");
  private final AtomicInteger answered = new AtomicInteger();
  private final CountDownLatch over = new CountDownLatch(1);
  private final AtomicReferenceArray<TestStore> stores = new AtomicReferenceArray<>(3);
  private long same;

  @AfterEach
  void stop() throws InterruptedException {
    over.countDown();
    for (int i = 0; i < 3; i++) {
      var store = stores.getAndSet(i, null);
      if (store != null) {
        store.close();
      }
    }
  }

  @Test
  void membersThatAgreeAreNeverToldApart() throws Exception {
    int[] peers = {FreePort.pick(), FreePort.pick(), FreePort.pick()};
    var cluster = new TestCluster(directory);
    var three = cluster.three(peers, FLAGS);
    for (int i = 0; i < 3; i++) {
      stores.set(i, three.get(i));
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      try {
        for (int i = 0; i < CLIENTS; i++) {
          int seed = i;
          threads.submit(() -> write(seed));
        }
        var compactor = threads.submit(this::compact);
        comeAndGo(cluster, peers);
        over.countDown();
        assertThat(compactor.get()).isNull();
      } finally {
        over.countDown(); // else the clients would be waited for without end
      }
    }
    var last = List.of(stores.get(0), stores.get(1), stores.get(2));
    long before = Comparisons.count(last, "same");
    await()
        .atMost(PATIENCE)
        .failFast(this::checkThatNoneHasEnded)
        .until(() -> Comparisons.count(last, "same") > before + 1);
    for (var store : last) {
      note(store);
      assertThat(
              MaintenanceGrpc.newBlockingStub(store.channel())
                  .alarm(AlarmRequest.getDefaultInstance())
                  .getAlarmsList())
          .isEmpty();
    }
    assertThat(same).as("comparisons of all three").isGreaterThan(20);
  }

  private void comeAndGo(TestCluster cluster, int[] peers) throws Exception {
    var random = new Random(1);
    for (int i = 0; i < STOPS; i++) {
      awaitAnswers(ANSWERS);
      int number = random.nextInt(3);
      note(stores.get(number));
      cluster.stop(stores.getAndSet(number, null));
      // Away for so long that the others have cut their Raft log, now and then.
      awaitAnswers(i % 3 == 0 ? 4 * ANSWERS : 10);
      stores.set(number, cluster.start(number, TestCluster.flag(peers), peers[number], FLAGS));
    }
    awaitAnswers(ANSWERS);
  }

  private void note(TestStore store) throws Exception {
    assertThat(store.end()).isEmpty();
    assertThat(Comparisons.count(store, "different")).isZero();
    same += Comparisons.count(store, "same");
  }

  private void awaitAnswers(int count) {
    int goal = answered.get() + count;
    await()
        .atMost(PATIENCE)
        .failFast(this::checkThatNoneHasEnded)
        .until(() -> answered.get() >= goal);
  }

  private void checkThatNoneHasEnded() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      var store = stores.get(i);
      assertThat(store == null ? "" : store.end()).as("m" + i).isEmpty();
    }
  }

  private void write(int seed) {
    var random = new Random(seed);
    var requests = new RandomRequests(seed);
    long revision = 1;
    while (over.getCount() > 0) {
      var store = stores.get(random.nextInt(3));
      if (store == null) {
        continue;
      }
      var request = requests.next(revision);
      if (request.method().equals(KVGrpc.getCompactMethod())) {
        continue; // so close to the newest revision, nothing would be left to compare at a start
      }
      var answer = request.answer(store.channel());
      if (answer.contains("header")) {
        revision = Math.max(revision, revisionIn(answer));
        answered.incrementAndGet();
      }
    }
  }

  private static long revisionIn(String answer) {
    var lines = answer.lines().map(String::strip).toList();
    int header = lines.indexOf("header {");
    var line = lines.get(header + 1);
    return line.startsWith("revision: ") ? Long.parseLong(line.substring(10)) : 0;
  }

  /** Returns what is to be nothing: who may compact is not told of corruption. */
  private @Nullable String compact() throws InterruptedException {
    while (!over.await(200, TimeUnit.MILLISECONDS)) {
      var store = stores.get(0) == null ? stores.get(1) : stores.get(0);
      if (store == null) {
        continue;
      }
      try {
        long revision = TestCluster.status(store).getHeader().getRevision() - 300;
        KVGrpc.newBlockingStub(store.channel())
            .compact(CompactionRequest.newBuilder().setRevision(revision).build());
      } catch (StatusRuntimeException e) {
        // That one was just stopped, or it is compacted already.
        if (e.getStatus().getCode() == Status.Code.DATA_LOSS) {
          return e.getMessage();
        }
      }
    }
    return null;
  }
}
