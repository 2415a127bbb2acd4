package dev.tiphys.apiserver.http;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * An accepted WebSocket (RFC 6455). One thread may receive while others send. Pings are answered,
 * and sent when the connection is idle, by itself.
 */
public interface WebSocket extends AutoCloseable {

  /** {@link #close(int, String)} code of a normal end. */
  int NORMAL = 1000;

  /** {@link #close(int, String)} code when we failed. */
  int INTERNAL_ERROR = 1011;

  /**
   * A whole message; fragments are joined.
   *
   * @param text whether it was sent as text; the data is UTF-8 then
   * @param data its bytes
   */
  record Message(boolean text, byte[] data) {}

  /** The chosen subprotocol, or empty. */
  String protocol();

  /**
   * Waits for the next message.
   *
   * @return null after the client closed in order
   * @throws ClientGoneException if the connection broke
   */
  @Nullable Message receive() throws IOException;

  /** Sends a binary message made of parts. Blocks while the client is behind. */
  void sendBinary(byte[]... parts) throws IOException;

  /** Sends a text message. Blocks while the client is behind. */
  void sendText(String text) throws IOException;

  /** Says goodbye with a code and reason, and closes. Does nothing the second time. */
  void close(int code, String reason) throws IOException;

  @Override
  default void close() throws IOException {
    close(NORMAL, "");
  }
}
