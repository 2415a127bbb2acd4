package dev.tiphys.apiserver.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket.Listener;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What leaves HTTP: WebSocket, and whatever else is spoken after 101. */
class UpgradesTest {

  @RegisterExtension final HttpFixture fixture = new HttpFixture();

  @Test
  void webSocketMessagesPassBothWays() throws Exception {
    HttpServer server =
        fixture.serve(
            fixture.certificates().serverFiles(),
            exchange -> {
              assertThat(exchange.webSocketProtocols()).containsExactly("v5", "v4");
              try (WebSocket socket = exchange.acceptWebSocket("v4")) {
                WebSocket.Message message = socket.receive();
                while (message != null) {
                  socket.sendBinary(message.data(), "!".getBytes(UTF_8));
                  message = socket.receive();
                }
              }
            });
    BlockingQueue<String> received = new LinkedBlockingQueue<>();
    CompletableFuture<Integer> closed = new CompletableFuture<>();
    java.net.http.WebSocket socket =
        fixture
            .client(HttpClient.Version.HTTP_1_1, null)
            .newWebSocketBuilder()
            .subprotocols("v5", "v4")
            .buildAsync(
                URI.create("wss://127.0.0.1:" + server.port() + "/exec"),
                new Listener() {
                  private final StringBuilder message = new StringBuilder();

                  @Override
                  public @Nullable CompletionStage<?> onBinary(
                      java.net.http.WebSocket webSocket, ByteBuffer data, boolean last) {
                    message.append(UTF_8.decode(data));
                    if (last) {
                      received.add(message.toString());
                      message.setLength(0);
                    }
                    webSocket.request(1);
                    return null;
                  }

                  @Override
                  public @Nullable CompletionStage<?> onClose(
                      java.net.http.WebSocket webSocket, int code, String reason) {
                    closed.complete(code);
                    return null;
                  }
                })
            .get(HttpFixture.SOON.toSeconds(), TimeUnit.SECONDS);
    String large = "y".repeat(200_000);

    socket.sendText("hello", true).join();
    socket.sendBinary(ByteBuffer.wrap(large.substring(0, 1000).getBytes(UTF_8)), false).join();
    socket.sendPing(ByteBuffer.allocate(0)).join();
    socket.sendBinary(ByteBuffer.wrap(large.substring(1000).getBytes(UTF_8)), true).join();
    String first = received.poll(HttpFixture.SOON.toSeconds(), TimeUnit.SECONDS);
    String second = received.poll(HttpFixture.SOON.toSeconds(), TimeUnit.SECONDS);
    socket.sendClose(java.net.http.WebSocket.NORMAL_CLOSURE, "").join();

    assertThat(socket.getSubprotocol()).isEqualTo("v4");
    assertThat(first).isEqualTo("hello!");
    assertThat(second).isEqualTo(large + "!");
    assertThat(closed.get(HttpFixture.SOON.toSeconds(), TimeUnit.SECONDS)).isEqualTo(1000);
  }

  @Test
  void anUpgradeHandsOverTheBytes() throws Exception {
    HttpServer server =
        fixture.serve(
            null,
            exchange -> {
              try (Tunnel tunnel = exchange.switchProtocols(Headers.of("Upgrade", "echo/1"))) {
                byte[] three = tunnel.input().readNBytes(3);
                tunnel.output().write(three);
              }
            });

    String answer =
        HttpFixture.raw(
            server,
            "POST / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo/1\r\n\r\nabc");

    assertThat(answer)
        .startsWith("HTTP/1.1 101 ")
        .contains("Upgrade: echo/1")
        .endsWith("\r\n\r\nabc");
  }
}
