package dev.tiphys.client.transport;

import dev.tiphys.client.ApiException;
import dev.tiphys.client.Limits;
import java.io.ByteArrayOutputStream;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Turns the JDK's WebSocket callbacks into blocking calls. One message is asked for at a time, so a
 * slow reader slows the sender instead of filling memory.
 */
final class WebSocketMessages implements WebSocket.Listener, Transport.MessageStream {

  private final LinkedBlockingQueue<Item> received = new LinkedBlockingQueue<>();
  private final ByteArrayOutputStream partial = new ByteArrayOutputStream();
  private volatile @Nullable WebSocket socket;

  private sealed interface Item {}

  private record Message(byte[] bytes) implements Item {}

  private record End(@Nullable Throwable error) implements Item {}

  WebSocketMessages opened(WebSocket webSocket) {
    this.socket = webSocket;
    return this;
  }

  private WebSocket socket() {
    return Objects.requireNonNull(socket, "not yet opened");
  }

  @Override
  public void onOpen(WebSocket webSocket) {
    webSocket.request(1);
  }

  @Override
  public @Nullable CompletionStage<?> onBinary(WebSocket webSocket, ByteBuffer data, boolean last) {
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    return take(webSocket, bytes, last);
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
    return take(webSocket, data.toString().getBytes(StandardCharsets.UTF_8), last);
  }

  private @Nullable CompletionStage<?> take(WebSocket webSocket, byte[] bytes, boolean last) {
    partial.writeBytes(bytes);
    if (last) {
      received.add(new Message(partial.toByteArray()));
      partial.reset();
    } else {
      webSocket.request(1);
    }
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket webSocket, int code, String reason) {
    received.add(new End(null));
    return null;
  }

  @Override
  public void onError(WebSocket webSocket, Throwable error) {
    received.add(new End(error));
  }

  @Override
  public String protocol() {
    return socket().getSubprotocol();
  }

  @Override
  public byte @Nullable [] receive() {
    try {
      return switch (received.take()) {
        case Message(byte[] bytes) -> {
          socket().request(1);
          yield bytes;
        }
        case End end -> {
          // Whoever asks again hears the same.
          received.add(end);
          if (end.error() != null) {
            throw ApiException.unreachable(
                "the WebSocket broke: " + end.error().getMessage(), end.error());
          }
          yield null;
        }
      };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("the WebSocket's reader was interrupted");
    }
  }

  @Override
  public void send(byte[] message) {
    try {
      int at = 0;
      do {
        int length = Math.min(Limits.FRAME_BYTES, message.length - at);
        boolean last = at + length == message.length;
        socket().sendBinary(ByteBuffer.wrap(message, at, length), last).get();
        at += length;
      } while (at < message.length);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("the WebSocket's writer was interrupted");
    } catch (ExecutionException e) {
      throw ApiException.unreachable("the WebSocket broke: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    WebSocket open = socket();
    if (!open.isOutputClosed()) {
      var _ = open.sendClose(WebSocket.NORMAL_CLOSURE, "");
    }
    received.add(new End(null));
  }
}
