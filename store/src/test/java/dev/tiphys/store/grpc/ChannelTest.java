package dev.tiphys.store.grpc;

import static dev.tiphys.store.grpc.Handlers.number;
import static io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING;
import static io.grpc.MethodDescriptor.MethodType.CLIENT_STREAMING;
import static io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING;
import static io.grpc.MethodDescriptor.MethodType.UNARY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tiphys.store.grpc.Client.Answers;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Our own client, at our own server. */
class ChannelTest {
  private static final int PATIENCE_SECONDS = 30;

  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

  @AfterEach
  void end() throws InterruptedException {
    loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
  }

  private GrpcChannel channel(int port) {
    return new GrpcChannel(
        new GrpcChannel.Target("127.0.0.1", port, null), loop.next(), Runnable::run, 16 << 20);
  }

  private static byte[] call(GrpcChannel channel, byte[] request) {
    return ClientCalls.blockingUnaryCall(
        channel, Recorder.method(UNARY), CallOptions.DEFAULT, request);
  }

  private static StatusRuntimeException failure(GrpcChannel channel, CallOptions options) {
    return catchThrowableOfType(
        StatusRuntimeException.class,
        () -> ClientCalls.blockingUnaryCall(channel, Recorder.method(UNARY), options, new byte[0]));
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 16379", "16380, 65530", "65531, 5000000", "3000000, 1"})
  void messagesOfAnySizeGoThrough(int in, int out) throws Exception {
    var random = new Random(in);
    byte[] request = new byte[in];
    random.nextBytes(request);
    byte[] response = new byte[out];
    random.nextBytes(response);
    var handler =
        Handlers.unary(got -> {
          assertThat(got).isEqualTo(request);
          return response;
        });
    try (var server = new Loopback(true, UNARY, handler);
        var channel = channel(server.port())) {
      for (int i = 0; i < 3; i++) {
        assertThat(call(channel, request)).isEqualTo(response);
      }
    }
  }

  @Test
  void streamsGoThroughInOrder() throws Exception {
    try (var server = new Loopback(false, 0, Handlers.all());
        var channel = channel(server.port())) {
      var counted =
          ClientCalls.blockingServerStreamingCall(
              channel, Recorder.method(SERVER_STREAMING), CallOptions.DEFAULT, number(2000));
      for (int i = 0; i < 2000; i++) {
        assertThat(counted.next()).isEqualTo(number(i));
      }
      assertThat(counted.hasNext()).isFalse();

      var sums = new Answers();
      var numbers = begin(channel, CLIENT_STREAMING, sums);
      for (int i = 0; i < 500; i++) {
        numbers.onNext(number(i));
      }
      numbers.onCompleted();
      assertThat(sums.next()).isEqualTo(number(500 * 499 / 2));
      assertThat(sums.end()).isEqualTo(Status.OK);

      var echoes = new Answers();
      var words = begin(channel, BIDI_STREAMING, echoes);
      for (int i = 0; i < 500; i++) {
        words.onNext(number(i));
        assertThat(echoes.next()).isEqualTo(number(i));
      }
      words.onCompleted();
      assertThat(echoes.end()).isEqualTo(Status.OK);
    }
  }

  private static StreamObserver<byte[]> begin(
      GrpcChannel channel, MethodType type, Answers answers) {
    return ClientCalls.asyncBidiStreamingCall(
        channel.newCall(Recorder.method(type), CallOptions.DEFAULT), answers);
  }

  @Test
  void aRefusalComesWithItsWords() throws Exception {
    var handler =
        Handlers.unary(_ -> {
          throw Status.OUT_OF_RANGE.withDescription("100 % zu groß").asRuntimeException();
        });
    try (var server = new Loopback(true, UNARY, handler);
        var channel = channel(server.port())) {
      var status = failure(channel, CallOptions.DEFAULT).getStatus();
      assertThat(status.getCode()).isEqualTo(Status.Code.OUT_OF_RANGE);
      assertThat(status.getDescription()).isEqualTo("100 % zu groß");
    }
  }

  @Test
  void whoCannotBeReachedIsNamedAndTriedAgain() throws Exception {
    int port;
    try (var server = new Loopback(true, 0, Handlers.all())) {
      port = server.port();
    }
    try (var channel = channel(port)) {
      var status = failure(channel, CallOptions.DEFAULT).getStatus();
      assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(status.getDescription()).startsWith("127.0.0.1:" + port + ": ");
      for (int i = 0; i < 2; i++) {
        try (var server = new Loopback(true, port, Handlers.all())) {
          assertThat(call(channel, number(i))).isEqualTo(number(i));
        }
      }
    }
  }

  @Test
  void aNameThatIsNotKnownIsSaid() {
    var target = new GrpcChannel.Target("no.such.host.invalid", 1, null);
    try (var channel = new GrpcChannel(target, loop.next(), Runnable::run, 1)) {
      assertThat(failure(channel, CallOptions.DEFAULT).getStatus().getDescription())
          .contains("the name is not known");
    }
  }

  @Test
  void aDeadlineEndsTheCallOnBothSides() throws Exception {
    var cancelled = new CountDownLatch(1);
    try (var server = new Loopback(false, UNARY, (call, _) -> waitsForTheEnd(call, cancelled));
        var channel = channel(server.port())) {
      var status =
          failure(channel, CallOptions.DEFAULT.withDeadlineAfter(100, TimeUnit.MILLISECONDS))
              .getStatus();
      assertThat(status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
      assertThat(cancelled.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static ServerCall.Listener<byte[]> waitsForTheEnd(
      ServerCall<byte[], byte[]> call, CountDownLatch cancelled) {
    call.sendHeaders(new Metadata());
    call.sendMessage(new byte[0]);
    call.request(2);
    return new ServerCall.Listener<>() {
      @Override
      public void onCancel() {
        cancelled.countDown();
      }
    };
  }

  @Test
  void callsEndWithTheChannel() throws Exception {
    var cancelled = new CountDownLatch(1);
    try (var server =
        new Loopback(false, BIDI_STREAMING, (call, _) -> waitsForTheEnd(call, cancelled))) {
      var answers = new Answers();
      try (var channel = channel(server.port())) {
        begin(channel, BIDI_STREAMING, answers);
        assertThat(answers.next()).isEmpty(); // so it has begun
      }
      assertThat(answers.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(cancelled.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void whoIsNotHeardIsToldToWait() throws Exception {
    var call = new CompletableFuture<ServerCall<byte[], byte[]>>();
    try (var server =
            new Loopback(
                true,
                CLIENT_STREAMING,
                (begun, _) -> {
                  call.complete(begun);
                  return new ServerCall.Listener<>() {};
                });
        var channel = channel(server.port())) {
      var speaker = channel.newCall(Recorder.method(CLIENT_STREAMING), CallOptions.DEFAULT);
      var ready = new CompletableFuture<Void>();
      speaker.start(
          new ClientCall.Listener<>() {
            @Override
            public void onReady() {
              if (call.isDone() && speaker.isReady()) {
                ready.complete(null);
              }
            }
          },
          new Metadata());
      var handled = call.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      int messages = 0;
      while (speaker.isReady() || messages < 100) {
        speaker.sendMessage(new byte[1 << 16]);
        messages++;
      }
      assertThat(speaker.isReady()).isFalse();
      handled.request(messages);
      ready.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      speaker.cancel("enough", null);
    }
  }
}
