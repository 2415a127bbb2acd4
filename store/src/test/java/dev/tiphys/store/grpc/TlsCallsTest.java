package dev.tiphys.store.grpc;

import static dev.tiphys.store.grpc.Handlers.number;
import static io.grpc.MethodDescriptor.MethodType.UNARY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.store.TestCertificate;
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
      client.hearCounted(20_000);
      client.hearEchoes(100);
    }
  }
}
