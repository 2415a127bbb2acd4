package dev.tiphys.apiserver.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;

/** A {@link Tunnel} over a connection that was upgraded. */
final class ConnectionTunnel implements Tunnel {

  private final InboundBytes inbound;
  private final Wire wire;
  private final OutboundWindow window;
  private final Runnable onEnd;
  private volatile boolean closed;

  ConnectionTunnel(InboundBytes inbound, Wire wire, OutboundWindow window, Runnable onEnd) {
    this.inbound = inbound;
    this.wire = wire;
    this.window = window;
    this.onEnd = onEnd;
  }

  @Override
  public InputStream input() {
    return inbound;
  }

  @Override
  public OutputStream output() {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        if (closed) {
          throw new IOException("the tunnel is closed");
        }
        window.acquire(length);
        byte[] copy = Arrays.copyOfRange(bytes, offset, offset + length);
        wire.send(null, List.of(copy), length, false, true);
      }
    };
  }

  /** Writes if the client is not behind; never blocks. The array is kept. */
  boolean offer(byte[] bytes) {
    if (closed || !window.tryAcquire(bytes.length)) {
      return false;
    }
    wire.send(null, List.of(bytes), bytes.length, false, true);
    return true;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      onEnd.run();
      wire.send(null, List.of(), 0, true, true);
      inbound.fail();
    }
  }
}
