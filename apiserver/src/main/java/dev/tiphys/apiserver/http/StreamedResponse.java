package dev.tiphys.apiserver.http;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A response body under way: gathers what is written until it is flushed. */
final class StreamedResponse implements ResponseStream {

  private static final int PIECE_BYTES = 32 * 1024;

  private final Wire wire;
  private final OutboundWindow window;
  private final boolean discard;
  private final Runnable onEnd;
  private List<byte[]> gathered = new ArrayList<>();
  private int bytes;
  private boolean closed;

  /**
   * Begins after the head was sent.
   *
   * @param discard whether the body is not to be sent, as in answers to HEAD
   * @param onEnd called once when the body has ended in order
   */
  StreamedResponse(Wire wire, OutboundWindow window, boolean discard, Runnable onEnd) {
    this.wire = wire;
    this.window = window;
    this.discard = discard;
    this.onEnd = onEnd;
  }

  @Override
  public void write(List<byte[]> segments) throws IOException {
    if (closed) {
      throw new IOException("the response has ended");
    }
    if (discard) {
      return;
    }
    for (byte[] segment : segments) {
      gathered.add(segment);
      bytes += segment.length;
    }
    if (bytes >= PIECE_BYTES) {
      flush();
    }
  }

  @Override
  public void flush() throws IOException {
    if (bytes == 0) {
      return;
    }
    window.acquire(bytes);
    wire.send(null, gathered, bytes, false, true);
    gathered = new ArrayList<>();
    bytes = 0;
  }

  @Override
  public Outlet outlet() {
    if (bytes > 0) {
      throw new IllegalStateException("what was written is to be flushed first");
    }
    return new Outlet(wire, window, discard);
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    window.acquire(bytes);
    wire.send(null, gathered, bytes, true, true);
    onEnd.run();
  }
}
