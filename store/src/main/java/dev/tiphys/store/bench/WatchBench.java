package dev.tiphys.store.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.tiphys.store.rpc.Event;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.KeyValue;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.WatchCreateRequest;
import dev.tiphys.store.rpc.WatchGrpc;
import dev.tiphys.store.rpc.WatchRequest;
import dev.tiphys.store.rpc.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Many watchers of one prefix, and puts at a steady rate: how late each event comes to each. The
 * client shares the machine with what it measures, so it looks at nothing but the time in each
 * event, whoever sends it.
 */
final class WatchBench {
  private static final int WATCHERS = 1000;
  private static final int STREAMS = 10;
  private static final int PUTS_PER_SECOND = 1000;

  private static final MethodDescriptor<WatchRequest, Glance> GLANCE_AT_WATCH =
      WatchGrpc.getWatchMethod().toBuilder(
              WatchGrpc.getWatchMethod().getRequestMarshaller(), new GlanceMarshaller())
          .build();

  private final Endpoints connections;
  private final String prefix;
  private final Duration warmUp;
  private final Duration duration;
  private final Timings timings = new Timings();

  /** By the clock of {@link System#nanoTime}; what is put earlier does not count. */
  private volatile long measured;

  /** Puts for both times, one after the other, and watches with the same watches. */
  WatchBench(Endpoints connections, String prefix, Duration warmUp, Duration duration) {
    this.connections = connections;
    this.prefix = prefix;
    this.warmUp = warmUp;
    this.duration = duration;
  }

  /** Returns the line of the table; the rate is that of events delivered. */
  String run() throws InterruptedException {
    var streams = watch();
    measured = System.nanoTime() + warmUp.toNanos();
    long wanted = put() * WATCHERS;
    long patience = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (timings.count() < wanted && System.nanoTime() < patience) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
    for (long missing = timings.count(); missing < wanted; missing++) {
      timings.fail();
    }
    var elapsed = Duration.ofNanos(System.nanoTime() - measured);
    streams.forEach(StreamObserver::onCompleted);
    return timings.row(
        "%d watchers, %d puts a second".formatted(WATCHERS, PUTS_PER_SECOND), elapsed);
  }

  private List<StreamObserver<WatchRequest>> watch() throws InterruptedException {
    var created = new CountDownLatch(WATCHERS);
    var streams = new ArrayList<StreamObserver<WatchRequest>>();
    for (int s = 0; s < STREAMS; s++) {
      var call = connections.channel(s).newCall(GLANCE_AT_WATCH, CallOptions.DEFAULT);
      var stream = ClientCalls.asyncBidiStreamingCall(call, new Listener(created));
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
    return streams;
  }

  /** Returns how many puts count. */
  private long put() throws InterruptedException {
    long counted = 0;
    long gap = Duration.ofSeconds(1).toNanos() / PUTS_PER_SECOND;
    long begin = measured - warmUp.toNanos();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (long due = begin; due - measured < duration.toNanos(); due += gap) {
        long wait = due - System.nanoTime();
        if (wait > 0) {
          TimeUnit.NANOSECONDS.sleep(wait);
        }
        long now = System.nanoTime();
        if (now - measured >= 0) {
          counted++;
        }
        long number = (due - begin) / gap;
        threads.execute(() -> putOne(number, now));
      }
    }
    return counted;
  }

  private void putOne(long number, long now) {
    var value = ByteBuffer.allocate(Long.BYTES).putLong(now).flip();
    try {
      KVGrpc.newBlockingStub(connections.channel((int) number))
          .put(
              PutRequest.newBuilder()
                  .setKey(ByteString.copyFromUtf8(prefix + number % 100))
                  .setValue(ByteString.copyFrom(value))
                  .build());
    } catch (StatusRuntimeException e) {
      timings.fail(); // of its events, those that count are missed, too
    }
  }

  /**
   * What is looked at of a response: whether it opens a watch, and when the events in it were put.
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Glance(boolean created, long[] puts, int count) {
    static Glance at(CodedInputStream in) throws IOException {
      boolean created = false;
      long[] puts = new long[8];
      int count = 0;
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        switch (WireFormat.getTagFieldNumber(tag)) {
          case WatchResponse.CREATED_FIELD_NUMBER -> created = in.readBool();
          case WatchResponse.EVENTS_FIELD_NUMBER -> {
            if (count == puts.length) {
              puts = Arrays.copyOf(puts, count * 2);
            }
            puts[count++] = put(in);
          }
          default -> in.skipField(tag);
        }
      }
      return new Glance(created, puts, count);
    }

    /** The number that is the value of an event's key. */
    private static long put(CodedInputStream in) throws IOException {
      int end = in.pushLimit(in.readRawVarint32());
      long put = 0;
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        int field = WireFormat.getTagFieldNumber(tag);
        if (field == Event.KV_FIELD_NUMBER) {
          int outer = in.pushLimit(in.readRawVarint32());
          for (int inner = in.readTag(); inner != 0; inner = in.readTag()) {
            if (WireFormat.getTagFieldNumber(inner) == KeyValue.VALUE_FIELD_NUMBER) {
              in.readRawVarint32();
              put = Long.reverseBytes(in.readRawLittleEndian64());
            } else {
              in.skipField(inner);
            }
          }
          in.popLimit(outer);
        } else {
          in.skipField(tag);
        }
      }
      in.popLimit(end);
      return put;
    }
  }

  private static final class GlanceMarshaller implements MethodDescriptor.Marshaller<Glance> {
    /** gRPC asks every type of message for both ways; a client never sends an answer. */
    @Override
    public InputStream stream(Glance value) {
      throw new UnsupportedOperationException("is received only");
    }

    @Override
    public Glance parse(InputStream stream) {
      try {
        // Of a known length, as gRPC's streams are: all that is there needs no larger buffer.
        return Glance.at(CodedInputStream.newInstance(stream.readNBytes(stream.available())));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private final class Listener implements StreamObserver<Glance> {
    private final CountDownLatch created;

    Listener(CountDownLatch created) {
      this.created = created;
    }

    @Override
    public void onNext(Glance response) {
      if (response.created()) {
        created.countDown();
      }
      long now = System.nanoTime();
      long from = measured;
      for (int i = 0; i < response.count(); i++) {
        long put = response.puts()[i];
        if (put - from >= 0) {
          timings.add(now - put);
        }
      }
    }

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }
}
