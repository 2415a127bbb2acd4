package dev.tiphys.apiserver.http;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * RFC 6455 frames over a pair of byte streams, in blocking style. Every frame is one write, so a
 * ping from a timer never falls into the middle of another frame.
 */
public final class FramedWebSocket implements WebSocket {

  private static final int CONTINUATION = 0;
  private static final int TEXT = 1;
  private static final int BINARY = 2;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;
  private static final int FINAL = 0x80;
  private static final int MASKED = 0x80;
  private static final int PROTOCOL_ERROR = 1002;
  private static final int MESSAGE_TOO_BIG = 1009;
  private static final int MAX_CONTROL_BYTES = 125;

  /** What ends the connection below. */
  @FunctionalInterface
  public interface Closer {
    /** Ends it. */
    void close() throws IOException;
  }

  private final String protocol;
  private final DataInputStream in;
  private final OutputStream out;
  private final Closer closer;
  private final ReentrantLock writeLock = new ReentrantLock();
  private boolean closeSent;
  private volatile boolean received;

  private FramedWebSocket(String protocol, InputStream in, OutputStream out, Closer closer) {
    this.protocol = protocol;
    this.in = new DataInputStream(in);
    this.out = out;
    this.closer = closer;
  }

  /** The server's end, after the handshake. */
  public static FramedWebSocket server(
      String protocol, InputStream in, OutputStream out, Closer closer) {
    return new FramedWebSocket(protocol, in, out, closer);
  }

  @Override
  public String protocol() {
    return protocol;
  }

  private record Frame(int opcode, boolean last, byte[] data) {}

  @Override
  public @Nullable Message receive() throws IOException {
    int kind = CONTINUATION;
    ByteArrayOutputStream joined = new ByteArrayOutputStream(0);
    while (true) {
      Frame frame = readFrame(joined.size());
      received = true;
      switch (frame.opcode()) {
        case PING -> writeFrame(PONG, frame.data());
        case PONG -> {
          // Its arrival is all that it says.
        }
        case CLOSE -> {
          answerClose(frame.data());
          return null;
        }
        case TEXT, BINARY, CONTINUATION -> {
          if ((frame.opcode() == CONTINUATION) == (kind == CONTINUATION)) {
            throw violation(PROTOCOL_ERROR, "a fragment out of order");
          }
          if (frame.opcode() != CONTINUATION) {
            kind = frame.opcode();
            if (frame.last()) {
              return new Message(kind == TEXT, frame.data());
            }
          }
          joined.writeBytes(frame.data());
          if (frame.last()) {
            return new Message(kind == TEXT, joined.toByteArray());
          }
        }
        default -> throw violation(PROTOCOL_ERROR, "an unknown kind of frame");
      }
    }
  }

  private Frame readFrame(int alreadyJoined) throws IOException {
    try {
      int first = in.readUnsignedByte();
      int second = in.readUnsignedByte();
      int opcode = first & 0x0f;
      long length = second & 0x7f;
      if ((first & 0x70) != 0) {
        throw violation(PROTOCOL_ERROR, "a reserved bit is set");
      }
      if (opcode >= CLOSE && (length > MAX_CONTROL_BYTES || (first & FINAL) == 0)) {
        throw violation(PROTOCOL_ERROR, "a control frame is too long or fragmented");
      }
      if (length == 126) {
        length = in.readUnsignedShort();
      } else if (length == 127) {
        length = in.readLong();
      }
      if (length < 0 || length + alreadyJoined > Limits.WEBSOCKET_MESSAGE_BYTES) {
        throw violation(MESSAGE_TOO_BIG, "the message is too long");
      }
      if ((second & MASKED) == 0) {
        throw violation(PROTOCOL_ERROR, "a client must mask its frames");
      }
      byte[] mask = new byte[4];
      in.readFully(mask);
      byte[] data = new byte[(int) length];
      in.readFully(data);
      for (int i = 0; i < data.length; i++) {
        data[i] ^= mask[i & 3];
      }
      return new Frame(opcode, (first & FINAL) != 0, data);
    } catch (EOFException e) {
      throw new ClientGoneException("the connection ended inside a WebSocket");
    }
  }

  private ClientGoneException violation(int code, String what) throws IOException {
    close(code, what);
    return new ClientGoneException("WebSocket: " + what);
  }

  private void answerClose(byte[] data) throws IOException {
    int code = data.length < 2 ? NORMAL : (data[0] & 0xff) << 8 | data[1] & 0xff;
    close(code, "");
  }

  @Override
  public void sendBinary(byte[]... parts) throws IOException {
    writeFrame(BINARY, parts);
  }

  @Override
  public void sendText(String text) throws IOException {
    writeFrame(TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Pings if nothing came since the last call. Never blocks.
   *
   * @param offer writes bytes, or refuses them because the client is behind
   */
  void pingIfIdle(Predicate<byte[]> offer) {
    if (received) {
      received = false;
      return;
    }
    if (!writeLock.tryLock()) {
      return;
    }
    try {
      if (!closeSent) {
        // Refused, the ping would have told us nothing that the waiting bytes do not.
        boolean _ = offer.test(new byte[] {(byte) (FINAL | PING), 0});
      }
    } finally {
      writeLock.unlock();
    }
  }

  private void writeFrame(int opcode, byte[]... parts) throws IOException {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    int headLength = length < 126 ? 2 : length < 0x10000 ? 4 : 10;
    byte[] frame = new byte[headLength + length];
    frame[0] = (byte) (FINAL | opcode);
    if (headLength == 2) {
      frame[1] = (byte) length;
    } else if (headLength == 4) {
      frame[1] = 126;
      frame[2] = (byte) (length >> 8);
      frame[3] = (byte) length;
    } else {
      frame[1] = 127;
      for (int i = 0; i < 4; i++) {
        frame[6 + i] = (byte) (length >> 8 * (3 - i));
      }
    }
    int at = headLength;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, frame, at, part.length);
      at += part.length;
    }
    writeLock.lock();
    try {
      if (closeSent) {
        throw new ClientGoneException("the WebSocket is closed");
      }
      closeSent = opcode == CLOSE;
      out.write(frame);
    } finally {
      writeLock.unlock();
    }
  }

  @Override
  public void close(int code, String reason) throws IOException {
    writeLock.lock();
    try {
      if (closeSent) {
        return;
      }
    } finally {
      writeLock.unlock();
    }
    byte[] text = reason.getBytes(StandardCharsets.UTF_8);
    byte[] data = new byte[2 + Math.min(text.length, MAX_CONTROL_BYTES - 2)];
    data[0] = (byte) (code >> 8);
    data[1] = (byte) code;
    System.arraycopy(text, 0, data, 2, data.length - 2);
    try {
      writeFrame(CLOSE, data);
    } finally {
      closer.close();
    }
  }
}
