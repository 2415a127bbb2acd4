package dev.tiphys.apiserver.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.api.audit.v1.Event;
import dev.tiphys.api.value.RawJson;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Events are gathered while nobody waits. */
class BatchedSinkTest {

  /** Keeps batches, and takes none before it may. */
  private static final class Receiver implements AuditSink {
    final BlockingQueue<List<Event>> batches = new LinkedBlockingQueue<>();
    final CountDownLatch open = new CountDownLatch(1);
    volatile boolean failing;

    @Override
    public String name() {
      return "test";
    }

    @Override
    public void take(List<Event> events) throws SinkException {
      try {
        open.await();
      } catch (InterruptedException e) {
        throw new SinkException("test", events.size(), "interrupted", e);
      }
      if (failing) {
        throw new SinkException("test", events.size(), "broken");
      }
      batches.add(events);
    }

    @Override
    public void close() {
      open.countDown();
    }

    List<String> next() throws InterruptedException {
      List<Event> batch = batches.poll(20, TimeUnit.SECONDS);
      return batch == null ? List.of() : batch.stream().map(BatchedSinkTest::id).toList();
    }
  }

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Receiver receiver = new Receiver();
  private final List<AuditSink.SinkException> lost = new ArrayList<>();

  @AfterEach
  void stop() {
    receiver.open.countDown();
    threads.shutdownNow();
  }

  private BatchedSink sink(int buffer, int most, Duration wait, boolean ordered) {
    Consumer<AuditSink.SinkException> noting =
        e -> {
          synchronized (lost) {
            lost.add(e);
          }
        };
    return new BatchedSink(
        receiver,
        new BatchSettings(buffer, most, wait, true, 1000, 100),
        ordered,
        noting,
        System::nanoTime,
        threads);
  }

  private static List<Event> events(int... ids) {
    return IntStream.of(ids)
        .mapToObj(id -> Event.builder().auditID(Integer.toString(id)).build())
        .toList();
  }

  private static String id(Event event) {
    @Nullable String id = event.auditID();
    return String.valueOf(id);
  }

  @Test
  void aBatchGoesWhenItIsFull() throws Exception {
    receiver.open.countDown();
    BatchedSink sink = sink(100, 2, Duration.ofHours(1), true);
    sink.take(events(1, 2, 3, 4, 5));

    assertThat(receiver.next()).containsExactly("1", "2");
    assertThat(receiver.next()).containsExactly("3", "4");
    sink.close();
    assertThat(receiver.next()).as("the rest, at the end").containsExactly("5");
  }

  @Test
  void aBatchGoesAfterAWhile() throws Exception {
    receiver.open.countDown();
    BatchedSink sink = sink(100, 10, Duration.ofMillis(1), true);
    sink.take(events(1));
    assertThat(receiver.next()).containsExactly("1");
    sink.close();
  }

  @Test
  void whatThereIsNoRoomForIsDroppedAndCounted() throws Exception {
    BatchedSink sink = sink(2, 1, Duration.ofHours(1), true);
    sink.take(events(1));
    assertThatThrownBy(() -> sink.take(events(2, 3, 4, 5, 6)))
        .isInstanceOfSatisfying(
            AuditSink.SinkException.class,
            e -> {
              assertThat(e.plugin()).isEqualTo("buffered");
              assertThat(e.events()).isBetween(2, 4);
            });
    receiver.open.countDown();
    assertThat(receiver.next()).containsExactly("1");
    sink.close();
  }

  @Test
  void aReceiverThatIsSlowDoesNotHoldUpTheNextBatch() throws Exception {
    BatchedSink sink = sink(100, 1, Duration.ofHours(1), false);
    sink.take(events(1, 2, 3));
    receiver.open.countDown();
    assertThat(List.of(receiver.next(), receiver.next(), receiver.next()))
        .containsExactlyInAnyOrder(List.of("1"), List.of("2"), List.of("3"));
    sink.close();
  }

  @Test
  void whatTheReceiverLosesIsTold() throws Exception {
    receiver.failing = true;
    receiver.open.countDown();
    BatchedSink sink = sink(100, 2, Duration.ofHours(1), true);
    sink.take(events(1, 2));
    sink.close();
    assertThat(lost)
        .singleElement()
        .satisfies(e -> {
          assertThat(e.plugin()).isEqualTo("test");
          assertThat(e.events()).isEqualTo(2);
        });
  }

  @Test
  void longEventsGoWithoutBodiesAndInMoreBatches() throws Exception {
    receiver.open.countDown();
    TruncatingSink sink = new TruncatingSink(receiver, new TruncateSettings(200, 300));
    Event longOne =
        Event.builder()
            .auditID("long")
            .requestObject(new RawJson("\"" + "x".repeat(500) + "\""))
            .build();
    Event tooLong = Event.builder().auditID("y".repeat(500)).build();

    assertThatThrownBy(() -> sink.take(List.of(longOne, tooLong)))
        .isInstanceOf(AuditSink.SinkException.class);
    List<Event> kept = receiver.batches.remove();
    assertThat(kept.getFirst().requestObject()).isNull();
    assertThat(kept.getFirst().annotations()).containsEntry("audit.k8s.io/truncated", "true");
    Event plain = Event.builder().auditID("z".repeat(100)).build();
    sink.take(List.of(plain, plain, plain));
    assertThat(receiver.batches).hasSizeGreaterThan(1);
  }
}
