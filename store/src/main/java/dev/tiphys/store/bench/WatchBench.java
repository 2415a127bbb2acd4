package dev.tiphys.store.bench;

import com.google.protobuf.ByteString;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.WatchCreateRequest;
import dev.tiphys.store.rpc.WatchGrpc;
import dev.tiphys.store.rpc.WatchRequest;
import dev.tiphys.store.rpc.WatchResponse;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Many watchers of one prefix, and puts at a steady rate: how late each event comes to each. */
final class WatchBench {
  private static final int WATCHERS = 1000;
  private static final int STREAMS = 10;
  private static final int PUTS_PER_SECOND = 1000;

  private final Endpoints connections;
  private final String prefix;
  private final Duration duration;
  private final Timings timings = new Timings();

  WatchBench(Endpoints connections, String prefix, Duration duration) {
    this.connections = connections;
    this.prefix = prefix;
    this.duration = duration;
  }

  /** Returns the line of the table; the rate is that of events delivered. */
  String run() throws InterruptedException {
    var created = new CountDownLatch(WATCHERS);
    var streams = new ArrayList<StreamObserver<WatchRequest>>();
    for (int s = 0; s < STREAMS; s++) {
      var stream = WatchGrpc.newStub(connections.channel(s)).watch(new Listener(created));
      for (int w = 0; w < WATCHERS / STREAMS; w++) {
        stream.onNext(
            WatchRequest.newBuilder()
                .setCreateRequest(
                    WatchCreateRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8(prefix))
                        .setRangeEnd(BenchCommand.after(prefix)))
                .build());
      }
      streams.add(stream);
    }
    created.await(1, TimeUnit.MINUTES);
    long begin = System.nanoTime();
    long puts = put(begin);
    long wanted = puts * WATCHERS;
    long patience = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (timings.count() < wanted && System.nanoTime() < patience) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
    for (long missing = timings.count(); missing < wanted; missing++) {
      timings.fail();
    }
    var elapsed = Duration.ofNanos(System.nanoTime() - begin);
    streams.forEach(StreamObserver::onCompleted);
    return timings.row(
        "%d watchers, %d puts a second".formatted(WATCHERS, PUTS_PER_SECOND), elapsed);
  }

  private long put(long begin) throws InterruptedException {
    long puts = 0;
    long gap = Duration.ofSeconds(1).toNanos() / PUTS_PER_SECOND;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      while (System.nanoTime() - begin < duration.toNanos()) {
        long due = begin + puts * gap;
        long wait = due - System.nanoTime();
        if (wait > 0) {
          TimeUnit.NANOSECONDS.sleep(wait);
        }
        long number = puts++;
        threads.execute(() -> putOne(number));
      }
    }
    return puts;
  }

  private void putOne(long number) {
    var now = ByteBuffer.allocate(8).putLong(System.nanoTime()).flip();
    try {
      KVGrpc.newBlockingStub(connections.channel((int) number))
          .put(
              PutRequest.newBuilder()
                  .setKey(ByteString.copyFromUtf8(prefix + number % 100))
                  .setValue(ByteString.copyFrom(now))
                  .build());
    } catch (StatusRuntimeException e) {
      timings.fail(); // its events are missed, too
    }
  }

  private final class Listener implements StreamObserver<WatchResponse> {
    private final CountDownLatch created;

    Listener(CountDownLatch created) {
      this.created = created;
    }

    @Override
    public void onNext(WatchResponse response) {
      if (response.getCreated()) {
        created.countDown();
      }
      long now = System.nanoTime();
      for (var event : response.getEventsList()) {
        timings.add(now - event.getKv().getValue().asReadOnlyByteBuffer().getLong());
      }
    }

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }
}
