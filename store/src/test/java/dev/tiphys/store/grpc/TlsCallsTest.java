package dev.tiphys.store.grpc;

import static dev.tiphys.store.grpc.Handlers.number;
import static io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING;
import static io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING;
import static io.grpc.MethodDescriptor.MethodType.UNARY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.store.TestCertificate;
import io.grpc.CallOptions;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Encryption stands between frames and socket, and changes nothing else. */
class TlsCallsTest {
  @TempDir private Path directory = Path.of("");

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void messagesOfAnySizeGoThrough(boolean onLoop) throws Exception {
    byte[] large = new byte[5_000_000];
    new Random(1).nextBytes(large);
    var handler =
        Handlers.unary(request -> request.length == 2_000_000 ? large : number(request.length));
    var certificate = TestCertificate.make(directory, "server");
    try (var server = new Loopback(onLoop, 0, Map.of(UNARY, handler), certificate);
        var client = new Client(server)) {
      for (int i = 0; i < 2; i++) {
        assertThat(client.call(UNARY, new byte[2_000_000])).isEqualTo(large);
        assertThat(client.call(UNARY, new byte[0])).isEqualTo(number(0));
      }
    }
  }

  @Test
  void streamsGoThrough() throws Exception {
    var certificate = TestCertificate.make(directory, "server");
    try (var server = new Loopback(false, 0, Handlers.all(), certificate);
        var client = new Client(server)) {
      var counted =
          ClientCalls.blockingServerStreamingCall(
              client.channel(),
              Recorder.method(SERVER_STREAMING),
              CallOptions.DEFAULT,
              number(20_000));
      for (int i = 0; i < 20_000; i++) {
        assertThat(Handlers.number(counted.next())).isEqualTo(i);
      }
      assertThat(counted.hasNext()).isFalse();
      var answers = new Client.Answers();
      var words = client.call(BIDI_STREAMING, answers);
      for (int i = 0; i < 100; i++) {
        words.onNext(number(i));
        assertThat(answers.next()).isEqualTo(number(i));
      }
      words.onCompleted();
      assertThat(answers.end()).isEqualTo(Status.OK);
    }
  }
}
