package dev.tiphys.store.mvcc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.tiphys.store.disk.FlakyDisk;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.WatchCreateRequest;
import dev.tiphys.store.rpc.WatchResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/**
 * A watch that is created while its session is about to read the log is told its number before it
 * is sent events.
 */
class CreatedBeforeEventsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final CountDownLatch hold = new CountDownLatch(1);
  private final CountDownLatch held = new CountDownLatch(1);
  private final LinkedBlockingQueue<WatchResponse> sent = new LinkedBlockingQueue<>();

  @Test
  void whateverTheMoment() throws Exception {
    try (var machine = new Machine(new FlakyDisk(0), Rig.LIMITS)) {
      var hub = machine.watches();
      var dispatching = start(hub::run);
      var session = hub.open(settings(() -> 0), sent::add);
      put(machine, "a");
      put(machine, "a");

      // Another session that is held up, under its lock, holds up the hub for all.
      var other = hub.open(settings(this::holdUp), _ -> {});
      var waiting = start(other::run);
      assertThat(held.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      put(machine, "b");
      await().atMost(PATIENCE).until(() -> dispatching.getState() == Thread.State.WAITING);

      session.create(from(1, 2));
      var sending = start(session::run);
      assertThat(next().getCreated()).isTrue();
      await().atMost(PATIENCE).until(() -> sending.getState() == Thread.State.WAITING);
      session.create(from(2, 2));
      hold.countDown();

      boolean created = false;
      int events = 0;
      while (events < 2) {
        var response = next();
        if (response.getWatchId() == 2) {
          created |= response.getCreated();
          events += response.getEventsCount();
          assertThat(created).as("created before %s", response).isTrue();
        }
      }
      session.close();
      other.close();
      sending.join();
      waiting.join();
    }
  }

  /** The clock of the session that is held up. */
  private long holdUp() {
    held.countDown();
    try {
      hold.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return 0;
  }

  private WatchResponse next() throws InterruptedException {
    var response = sent.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(response).isNotNull();
    return response;
  }

  private static WatchSession.Settings settings(LongSupplier ticker) {
    return new WatchSession.Settings(Duration.ofMinutes(10), 1 << 20, ticker);
  }

  private static WatchCreateRequest from(long id, long revision) {
    return WatchCreateRequest.newBuilder()
        .setWatchId(id)
        .setKey(ByteString.copyFromUtf8("a"))
        .setStartRevision(revision)
        .build();
  }

  private static void put(Machine machine, String key) throws IOException {
    var put = PutRequest.newBuilder().setKey(ByteString.copyFromUtf8(key));
    machine.applySynced(1, List.of(Command.newBuilder().setPut(put).build()));
  }

  /** What a thread does. */
  @FunctionalInterface
  private interface Work {
    void run() throws Exception;
  }

  private static Thread start(Work work) {
    return Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            work.run();
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
  }
}
