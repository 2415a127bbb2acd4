package dev.tiphys.store.grpc;

import static dev.tiphys.store.grpc.Handlers.number;
import static io.grpc.Metadata.ASCII_STRING_MARSHALLER;
import static io.grpc.Metadata.BINARY_BYTE_MARSHALLER;
import static io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING;
import static io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING;
import static io.grpc.MethodDescriptor.MethodType.UNARY;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How calls end, and what is said around their messages. */
class StatusTest {
  private static final Metadata.Key<String> TEXT = Metadata.Key.of("text", ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<byte[]> RAW =
      Metadata.Key.of("raw-bin", BINARY_BYTE_MARSHALLER);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "etcdserver: mvcc: required revision has been compacted",
        "100% of %20 and %zz",
        "größer als 5 €, 船 and 🚢",
        "two\nlines\r\n\tand a \u0000"
      })
  void whatWentWrongIsToldInAnyLanguage(String text) throws Exception {
    var wanted = Status.FAILED_PRECONDITION.withDescription(text);
    try (var server = new Loopback(true, UNARY, closing(wanted, new Metadata()));
        var client = new Client(server)) {
      for (int i = 0; i < 2; i++) {
        var status = failed(client, UNARY).getStatus();
        assertThat(status.getCode()).isEqualTo(wanted.getCode());
        assertThat(status.getDescription()).isEqualTo(text);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(value = Status.Code.class, mode = EnumSource.Mode.EXCLUDE, names = "OK")
  void everyCodeIsTold(Status.Code code) throws Exception {
    try (var server = new Loopback(true, UNARY, closing(code.toStatus(), new Metadata()));
        var client = new Client(server)) {
      assertThat(failed(client, UNARY).getStatus().getCode()).isEqualTo(code);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void metadataGoesBothWays(boolean onLoop) throws Exception {
    var got = new AtomicReference<Metadata>();
    ServerCallHandler<byte[], byte[]> handler =
        (call, headers) -> {
          got.set(headers);
          call.sendHeaders(metadata("begins"));
          call.sendMessage(number(1));
          call.close(Status.OK, metadata("ends"));
          return new ServerCall.Listener<>() {};
        };
    try (var server = new Loopback(onLoop, UNARY, handler);
        var client = new Client(server)) {
      var begin = new AtomicReference<Metadata>();
      var end = new AtomicReference<Metadata>();
      var channel =
          ClientInterceptors.intercept(
              client.channel(),
              MetadataUtils.newAttachHeadersInterceptor(metadata("asks")),
              MetadataUtils.newCaptureMetadataInterceptor(begin, end));
      for (int i = 0; i < 3; i++) {
        ClientCalls.blockingUnaryCall(
            channel, Recorder.method(UNARY), CallOptions.DEFAULT, number(0));
        isMetadata(got.get(), "asks");
        isMetadata(begin.get(), "begins");
        isMetadata(end.get(), "ends");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"UNARY", "SERVER_STREAMING"})
  void failuresBringTrailers(MethodType type) throws Exception {
    try (var server = new Loopback(true, type, closing(Status.ABORTED, metadata("sorry")));
        var client = new Client(server)) {
      isMetadata(requireNonNull(failed(client, type).getTrailers()), "sorry");
    }
  }

  @ParameterizedTest
  @EnumSource(Thrown.class)
  void anExceptionEndsItsCallAlone(Thrown thrown) throws Exception {
    ServerCallHandler<byte[], byte[]> handler =
        (call, headers) -> {
          call.request(2);
          return new ServerCall.Listener<>() {
            @Override
            public void onMessage(byte[] message) {
              if (number(message) == 0) {
                thrown.go();
              }
            }

            @Override
            public void onHalfClose() {
              call.sendHeaders(new Metadata());
              call.sendMessage(number(7));
              call.close(Status.OK, new Metadata());
            }
          };
        };
    for (boolean onLoop : new boolean[] {true, false}) {
      try (var server = new Loopback(onLoop, UNARY, handler);
          var client = new Client(server)) {
        var status = failed(client, UNARY).getStatus();
        assertThat(status.getCode()).isEqualTo(thrown.wanted.getCode());
        assertThat(status.getDescription()).isEqualTo(thrown.wanted.getDescription());
        assertThat(client.call(UNARY, number(1))).isEqualTo(number(7));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void anExceptionInAStreamComesBehindItsMessages(boolean onLoop) throws Exception {
    ServerCallHandler<byte[], byte[]> handler =
        (call, headers) -> {
          call.sendHeaders(new Metadata());
          call.sendMessage(number(1));
          throw new IllegalStateException("on purpose");
        };
    try (var server = new Loopback(onLoop, BIDI_STREAMING, handler);
        var client = new Client(server)) {
      var answers = new Client.Answers();
      client.call(BIDI_STREAMING, answers);
      assertThat(answers.next()).isEqualTo(number(1));
      assertThat(answers.end().getCode()).isEqualTo(Status.Code.UNKNOWN);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void twoAnswersAreOneTooMany(boolean onLoop) throws Exception {
    ServerCallHandler<byte[], byte[]> handler =
        (call, headers) -> {
          call.sendHeaders(new Metadata());
          call.sendMessage(number(1));
          call.sendMessage(number(2));
          return new ServerCall.Listener<>() {};
        };
    try (var server = new Loopback(onLoop, UNARY, handler);
        var client = new Client(server)) {
      var status = failed(client, UNARY).getStatus();
      assertThat(status.getCode()).isEqualTo(Status.Code.INTERNAL);
      assertThat(status.getDescription()).isEqualTo("Too many responses");
    }
  }

  /** What a handler may throw, and what the client is told. */
  enum Thrown {
    STATUS(
        () -> Status.NOT_FOUND.withDescription("no key").asRuntimeException(),
        Status.NOT_FOUND.withDescription("no key")),
    EXCEPTION(
        () -> new IllegalArgumentException("secret"),
        Status.UNKNOWN.withDescription("Application error processing RPC")),
    ERROR(
        () -> new AssertionError("secret"),
        Status.UNKNOWN.withDescription("Application error processing RPC"));

    private final Supplier<Throwable> maker;
    private final Status wanted;

    Thrown(Supplier<Throwable> maker, Status wanted) {
      this.maker = maker;
      this.wanted = wanted;
    }

    void go() {
      switch (maker.get()) {
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        default -> throw new AssertionError();
      }
    }
  }

  private static ServerCallHandler<byte[], byte[]> closing(Status status, Metadata trailers) {
    return (call, headers) -> {
      call.close(status, trailers);
      return new ServerCall.Listener<>() {};
    };
  }

  private static StatusRuntimeException failed(Client client, MethodType type) {
    return catchThrowableOfType(
        StatusRuntimeException.class,
        () -> {
          if (type == SERVER_STREAMING) {
            ClientCalls.blockingServerStreamingCall(
                    client.channel(), Recorder.method(type), CallOptions.DEFAULT, number(0))
                .hasNext();
          } else {
            client.call(type, number(0));
          }
        });
  }

  private static Metadata metadata(String text) {
    var metadata = new Metadata();
    metadata.put(TEXT, text);
    metadata.put(TEXT, "100% =");
    metadata.put(RAW, text.getBytes(UTF_8));
    metadata.put(RAW, new byte[] {0, -1, 127});
    return metadata;
  }

  private static void isMetadata(Metadata metadata, String text) {
    assertThat(metadata.getAll(TEXT)).containsExactly(text, "100% =");
    assertThat(metadata.getAll(RAW)).containsExactly(text.getBytes(UTF_8), new byte[] {0, -1, 127});
  }
}
