package dev.tiphys.store.grpc;

import static io.grpc.MethodDescriptor.MethodType.CLIENT_STREAMING;
import static io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who does not take what is sent to him is not sent more. */
class FlowTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int MESSAGE = 10_000;
  private static final int MESSAGES = 1000;

  /** The client counts the messages that it was given, and has its hands in the requests. */
  private static class Taker extends ClientCall.Listener<byte[]> {
    final AtomicInteger received = new AtomicInteger();
    final CompletableFuture<Status> end = new CompletableFuture<>();

    @Override
    public void onMessage(byte[] message) {
      received.incrementAndGet();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      end.complete(status);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aServerWaitsForItsClient(boolean onLoop) throws Exception {
    var taker = new Taker();
    var sent = new AtomicInteger();
    var furthest = new AtomicInteger();
    ServerCallHandler<byte[], byte[]> handler =
        (call, headers) -> {
          call.sendHeaders(new Metadata());
          return new ServerCall.Listener<>() {
            @Override
            public void onReady() {
              while (call.isReady() && sent.get() < MESSAGES) {
                int ahead = sent.incrementAndGet() - taker.received.get();
                furthest.accumulateAndGet(ahead, Math::max);
                call.sendMessage(new byte[MESSAGE]);
                if (sent.get() == MESSAGES) {
                  call.close(Status.OK, new Metadata());
                }
              }
            }
          };
        };
    try (var server = new Loopback(onLoop, SERVER_STREAMING, handler);
        var client = new Client(server)) {
      var call = client.channel().newCall(Recorder.method(SERVER_STREAMING), CallOptions.DEFAULT);
      call.start(taker, new Metadata());
      call.sendMessage(new byte[0]);
      call.halfClose();
      await().atMost(PATIENCE).until(() -> sent.get() * MESSAGE >= Loopback.WINDOW_BYTES);
      assertThat(taker.received).hasValue(0);
      for (int i = 1; i <= MESSAGES; i++) {
        call.request(1);
        int wanted = i;
        await()
            .pollInterval(Duration.ofNanos(100_000))
            .atMost(PATIENCE)
            .until(() -> taker.received.get() == wanted);
      }
      assertThat(taker.end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(Status.OK);
    }
    // Two may be in the hands of the client: one taken but not counted, one not yet taken.
    assertThat(furthest.get() * MESSAGE)
        .isLessThan(Loopback.WINDOW_BYTES + Bounds.READY_BYTES + 3 * MESSAGE);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aClientWaitsForItsHandler(boolean onLoop) throws Exception {
    var handed = new AtomicReference<ServerCall<byte[], byte[]>>();
    var taken = new AtomicInteger();
    ServerCallHandler<byte[], byte[]> handler =
        (call, headers) -> {
          handed.set(call);
          return new ServerCall.Listener<>() {
            @Override
            public void onMessage(byte[] message) {
              taken.incrementAndGet();
            }

            @Override
            public void onHalfClose() {
              call.sendHeaders(new Metadata());
              call.sendMessage(Handlers.number(taken.get()));
              call.close(Status.OK, new Metadata());
            }
          };
        };
    var sent = new AtomicInteger();
    var furthest = new AtomicInteger();
    try (var server = new Loopback(onLoop, CLIENT_STREAMING, handler);
        var client = new Client(server)) {
      var call = client.channel().newCall(Recorder.method(CLIENT_STREAMING), CallOptions.DEFAULT);
      var taker =
          new Taker() {
            @Override
            public void onReady() {
              while (call.isReady() && sent.get() < MESSAGES) {
                furthest.accumulateAndGet(sent.incrementAndGet() - taken.get(), Math::max);
                call.sendMessage(new byte[MESSAGE]);
                if (sent.get() == MESSAGES) {
                  call.halfClose();
                }
              }
            }
          };
      call.start(taker, new Metadata());
      call.request(2);
      await().atMost(PATIENCE).until(() -> sent.get() * MESSAGE >= Bounds.STREAM_WINDOW_BYTES);
      assertThat(taken).hasValue(0);
      for (int i = 0; i < MESSAGES; i++) {
        handed.get().request(1);
        int wanted = i + 1;
        await()
            .pollInterval(Duration.ofNanos(100_000))
            .atMost(PATIENCE)
            .until(() -> taken.get() == wanted);
      }
      assertThat(taker.end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(Status.OK);
    }
    assertThat(furthest.get() * MESSAGE)
        .isLessThan(Bounds.STREAM_WINDOW_BYTES + Bounds.READY_BYTES + 3 * MESSAGE);
  }

  /** One that waits does not hold up the others of its connection. */
  @Test
  void aStreamThatWaitsLeavesTheConnectionToOthers() throws Exception {
    ServerCallHandler<byte[], byte[]> handler =
        (call, headers) -> {
          call.sendHeaders(new Metadata());
          call.sendMessage(new byte[Loopback.WINDOW_BYTES / 8]);
          call.close(Status.OK, new Metadata());
          return new ServerCall.Listener<>() {};
        };
    try (var server = new Loopback(true, SERVER_STREAMING, handler);
        var client = new Client(server)) {
      var waits = new Taker();
      var first = client.channel().newCall(Recorder.method(SERVER_STREAMING), CallOptions.DEFAULT);
      first.start(waits, new Metadata());
      first.sendMessage(new byte[0]);
      first.halfClose();
      for (int i = 0; i < 20; i++) {
        var takes = new Taker();
        var call = client.channel().newCall(Recorder.method(SERVER_STREAMING), CallOptions.DEFAULT);
        call.start(takes, new Metadata());
        call.sendMessage(new byte[0]);
        call.halfClose();
        call.request(2);
        assertThat(takes.end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(Status.OK);
      }
      assertThat(waits.received).hasValue(0);
      first.request(2);
      assertThat(waits.end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(Status.OK);
    }
  }
}
