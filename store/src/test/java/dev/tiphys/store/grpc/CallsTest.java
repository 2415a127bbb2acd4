package dev.tiphys.store.grpc;

import static dev.tiphys.store.grpc.Handlers.number;
import static io.grpc.MethodDescriptor.MethodType.CLIENT_STREAMING;
import static io.grpc.MethodDescriptor.MethodType.UNARY;
import static io.grpc.stub.ClientCalls.blockingUnaryCall;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls of every kind and size by gRPC's own client, handled on the event loop and off it. */
class CallsTest {
  @ParameterizedTest
  @CsvSource({
    "true, 0, 0", "true, 1, 16379", "true, 16380, 65530", "true, 65531, 5000000",
    "true, 2000000, 1", "false, 0, 0", "false, 1, 16379", "false, 2000000, 5000000"
  })
  void messagesOfAnySizeGoThrough(boolean onLoop, int in, int out) throws Exception {
    byte[] request = random(in);
    byte[] response = random(out);
    var handler =
        Handlers.unary(got -> {
          assertThat(got).isEqualTo(request);
          return response;
        });
    try (var server = new Loopback(onLoop, UNARY, handler);
        var client = new Client(server)) {
      for (int i = 0; i < 3; i++) {
        assertThat(client.call(UNARY, request)).isEqualTo(response);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void streamsGoThroughInOrder(boolean onLoop) throws Exception {
    try (var server = new Loopback(onLoop, 0, Handlers.all());
        var client = new Client(server)) {
      client.hearCounted(500);

      var sums = new Client.Answers();
      var numbers = client.call(CLIENT_STREAMING, sums);
      for (int i = 0; i < 500; i++) {
        numbers.onNext(number(i));
      }
      numbers.onCompleted();
      assertThat(sums.next()).isEqualTo(number(500 * 499 / 2));
      assertThat(sums.end()).isEqualTo(Status.OK);

      client.hearEchoes(500);
    }
  }

  @ParameterizedTest
  @EnumSource(value = MethodType.class, mode = EnumSource.Mode.EXCLUDE, names = "UNKNOWN")
  void anEmptyStreamIsAStream(MethodType type) throws Exception {
    try (var server = new Loopback(false, 0, Handlers.all());
        var client = new Client(server)) {
      if (type.clientSendsOneMessage()) {
        var answers = new Client.Answers();
        var words = client.call(type, answers);
        words.onCompleted(); // without the one message
        assertThat(answers.end().getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(answers.end().getDescription()).contains("Half-closed without a request");
      } else {
        var answers = new Client.Answers();
        client.call(type, answers).onCompleted();
        assertThat(answers.end()).isEqualTo(Status.OK);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatIsCompressedIsExpanded(boolean onLoop) throws Exception {
    byte[] request = new byte[1_000_000];
    try (var server = new Loopback(onLoop, UNARY, Handlers.unary(got -> number(got.length)));
        var client = new Client(server)) {
      var zipped = CallOptions.DEFAULT.withCompression("gzip");
      for (byte[] message : List.of(request, new byte[0], number(7))) {
        assertThat(blockingUnaryCall(client.channel(), Recorder.method(UNARY), zipped, message))
            .isEqualTo(number(message.length));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"true, identity", "false, identity", "true, gzip", "false, gzip"})
  void aMessageTooLargeIsRefused(boolean onLoop, String compression) throws Exception {
    try (var server = new Loopback(onLoop, UNARY, Handlers.unary(got -> got));
        var client = new Client(server)) {
      byte[] large = new byte[Loopback.MESSAGE_BYTES + 1];
      var options = CallOptions.DEFAULT.withCompression(compression);
      var failed =
          catchThrowableOfType(
              StatusRuntimeException.class,
              () -> blockingUnaryCall(client.channel(), Recorder.method(UNARY), options, large));
      assertThat(failed.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
      assertThat(failed.getStatus().getDescription())
          .isEqualTo("grpc: received message larger than max (3145729 vs. 3145728)");
      assertThat(client.call(UNARY, number(1))).isEqualTo(number(1));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "test.Service/NoSuch, unknown method NoSuch for service test.Service",
    "no.Such/Method, unknown service no.Such"
  })
  void whatThereIsNotIsUnimplemented(String name, String text) throws Exception {
    var method =
        MethodDescriptor.newBuilder(Recorder.BYTES, Recorder.BYTES)
            .setType(UNARY)
            .setFullMethodName(name)
            .build();
    try (var server = new Loopback(true, UNARY, Handlers.unary(got -> got));
        var client = new Client(server)) {
      var failed =
          catchThrowableOfType(
              StatusRuntimeException.class,
              () -> blockingUnaryCall(client.channel(), method, CallOptions.DEFAULT, new byte[9]));
      assertThat(failed.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
      assertThat(failed.getStatus().getDescription()).isEqualTo(text);
    }
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }
}
