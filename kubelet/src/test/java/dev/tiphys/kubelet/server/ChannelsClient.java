package dev.tiphys.kubelet.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client of the channel.k8s.io WebSocket protocols. */
final class ChannelsClient implements WebSocket.Listener {
  private final Map<Integer, ByteArrayOutputStream> received = new ConcurrentHashMap<>();
  private final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private ByteArrayOutputStream message = new ByteArrayOutputStream();
  private final WebSocket socket;

  ChannelsClient(HttpClient http, URI uri, String protocol) {
    this.socket =
        http.newWebSocketBuilder().subprotocols(protocol, "none.such").buildAsync(uri, this).join();
  }

  String protocol() {
    return socket.getSubprotocol();
  }

  void send(int channel, byte[] bytes) {
    ByteBuffer frame = ByteBuffer.allocate(bytes.length + 1);
    frame.put((byte) channel).put(bytes).flip();
    socket.sendBinary(frame, true).join();
  }

  void close(int channel) {
    send(255, new byte[] {(byte) channel});
  }

  void hangUp() {
    socket.abort();
  }

  /** All of a channel, once the server has closed. */
  String all(int channel) throws Exception {
    closed.get(20, TimeUnit.SECONDS);
    return soFar(channel);
  }

  int closeCode() throws Exception {
    return closed.get(20, TimeUnit.SECONDS);
  }

  String soFar(int channel) {
    ByteArrayOutputStream bytes = received.get(channel);
    return bytes == null ? "" : bytes.toString(UTF_8);
  }

  @Override
  public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
    byte[] part = new byte[data.remaining()];
    data.get(part);
    message.writeBytes(part);
    if (last) {
      byte[] whole = message.toByteArray();
      message = new ByteArrayOutputStream();
      received
          .computeIfAbsent((int) whole[0], none -> new ByteArrayOutputStream())
          .write(whole, 1, whole.length - 1);
    }
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    closed.complete(code);
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    closed.completeExceptionally(error);
  }
}
