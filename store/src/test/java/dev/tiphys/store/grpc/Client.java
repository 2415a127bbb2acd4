package dev.tiphys.store.grpc;

import static dev.tiphys.store.grpc.Handlers.number;
import static io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING;
import static io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** gRPC's own client of a {@link Loopback}. */
final class Client implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 30;

  private final ManagedChannel channel;

  Client(Loopback server) {
    channel = server.client();
  }

  ManagedChannel channel() {
    return channel;
  }

  /** Sends one message, receives one. */
  byte[] call(MethodType type, byte[] request) {
    return ClientCalls.blockingUnaryCall(
        channel, Recorder.method(type), CallOptions.DEFAULT, request);
  }

  /** Begins a stream. */
  StreamObserver<byte[]> call(MethodType type, Answers answers) {
    return ClientCalls.asyncBidiStreamingCall(
        channel.newCall(Recorder.method(type), CallOptions.DEFAULT), answers);
  }

  /** Has the server count, and hears every number. */
  void hearCounted(int below) {
    var counted =
        ClientCalls.blockingServerStreamingCall(
            channel, Recorder.method(SERVER_STREAMING), CallOptions.DEFAULT, number(below));
    for (int i = 0; i < below; i++) {
      assertThat(counted.next()).isEqualTo(number(i));
    }
    assertThat(counted.hasNext()).isFalse();
  }

  /** Says numbers, each when the one before it has come back, and ends. */
  void hearEchoes(int below) throws Exception {
    var echoes = new Answers();
    var words = call(BIDI_STREAMING, echoes);
    for (int i = 0; i < below; i++) {
      words.onNext(number(i));
      assertThat(echoes.next()).isEqualTo(number(i));
    }
    words.onCompleted();
    assertThat(echoes.end()).isEqualTo(Status.OK);
  }

  @Override
  public void close() throws InterruptedException {
    channel.shutdownNow();
    assertThat(channel.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  /** What is answered, to be waited for. */
  static final class Answers implements StreamObserver<byte[]> {
    private final BlockingQueue<byte[]> messages = new LinkedBlockingQueue<>();
    private final CompletableFuture<Status> end = new CompletableFuture<>();

    @Override
    public void onNext(byte[] message) {
      messages.add(message);
    }

    @Override
    public void onError(Throwable cause) {
      end.complete(Status.fromThrowable(cause));
    }

    @Override
    public void onCompleted() {
      end.complete(Status.OK);
    }

    byte[] next() throws InterruptedException {
      var next = messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("no message came");
      }
      return next;
    }

    Status end() throws Exception {
      return end.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
  }
}
