package dev.tiphys.apiserver.http;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request's side of a connection, seen from its handler's thread. All methods return at once;
 * what they ask for happens on the connection's event loop in the order of the calls.
 */
interface Wire {

  /**
   * The beginning of a response.
   *
   * @param status the HTTP status
   * @param headers without those that frame the body
   * @param contentLength of the body; -1 if unknown
   */
  record Head(int status, Headers headers, long contentLength) {}

  /**
   * Sends a piece of a response. When its bytes have left, {@link OutboundWindow#release} is called
   * with their number.
   *
   * @param head with the first piece only
   * @param segments of the body, perhaps none
   * @param bytes in the segments
   * @param end whether the response ends with them
   * @param flush whether not to wait for more
   */
  default void send(
      @Nullable Head head, List<byte[]> segments, int bytes, boolean end, boolean flush) {
    loop().execute(() -> sendNow(head, segments, bytes, end, flush));
  }

  /** As {@link #send}, on the connection's event loop. */
  void sendNow(@Nullable Head head, List<byte[]> segments, int bytes, boolean end, boolean flush);

  /** The event loop of the connection; each connection's is an object of its own. */
  ConnectionLoop loop();

  /** The handler has taken so many bytes of the body, so the client may send as many more. */
  void consumed(int bytes);

  /** The handler wants the body: {@code 100 Continue} if the client waits for it. */
  void wantBody();

  /**
   * Leaves HTTP: sends 101; from then on {@link #send} sends bytes as they are and the body's queue
   * receives all that comes.
   */
  void upgrade(Headers headers);

  /** Ends the stream or connection with an error. */
  void abort();
}
