package dev.tiphys.apiserver.answer;

import dev.tiphys.apiserver.http.HttpExchange;
import dev.tiphys.apiserver.http.ResponseStream;
import dev.tiphys.apiserver.http.WebSocket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A watch over a WebSocket, as browsers and some clients (fabric8's) ask for it: a message an
 * event, text for what encodes as text. For the thread that serves the watch, but for {@link
 * #untilClosed}.
 */
final class SocketStream implements ResponseStream {

  private final WebSocket socket;
  private final boolean text;

  private SocketStream(WebSocket socket, boolean text) {
    this.socket = socket;
    this.text = text;
  }

  /**
   * Accepts the upgrade that a client asked for.
   *
   * @param text whether messages are UTF-8
   */
  static SocketStream accept(HttpExchange exchange, boolean text) throws IOException {
    List<String> offered = exchange.webSocketProtocols();
    return new SocketStream(
        exchange.acceptWebSocket(offered.isEmpty() ? "" : offered.getFirst()), text);
  }

  /** Reads past whatever the client says, which is nothing that matters, until it closes. */
  void untilClosed() throws IOException {
    while (socket.receive() != null) {
      // Reading answers pings and notices the end.
    }
  }

  /** Sends one message. */
  @Override
  public void write(List<byte[]> segments) throws IOException {
    byte[][] parts = segments.toArray(new byte[0][]);
    if (text) {
      StringBuilder message = new StringBuilder();
      for (byte[] part : parts) {
        message.append(new String(part, StandardCharsets.UTF_8));
      }
      socket.sendText(message.toString());
    } else {
      socket.sendBinary(parts);
    }
  }

  @Override
  public void flush() {
    // Each message is sent at once.
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
