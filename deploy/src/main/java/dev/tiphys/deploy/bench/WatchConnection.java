package dev.tiphys.deploy.bench;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * Some watches over one HTTP/2 connection, as little of the protocol (RFC 9113) as they need, so
 * that a thousand of them cost the machine less than the server that is measured. Requests are
 * written before {@link #read}; one thread reads.
 */
final class WatchConnection implements AutoCloseable {

  /** Hears what comes on a stream, on the reading thread. */
  interface Listener {
    /** The answer has begun, with 200. */
    void begun(int watch);

    /** Some bytes of the answer; the array is used again afterwards. */
    void data(int watch, byte[] bytes, int offset, int length);
  }

  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int HEAD_BYTES = 9;
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GOAWAY = 7;
  private static final int WINDOW_UPDATE = 8;
  private static final int ACK = 1;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int PADDED_OR_PRIORITY = 0x28;
  private static final int INITIAL_WINDOW_SIZE = 4;
  private static final int DEFAULT_WINDOW = 65_535;

  /** {@code :status: 200}, the eighth entry of HPACK's static table. */
  private static final int STATUS_200 = 0x88;

  private final SSLSocket socket;
  private final OutputStream out;
  private final InputStream in;
  private final byte[] buffer = new byte[Limits.READ_BYTES];
  private int from;
  private int to;
  private int nextStream = 1;
  private int taken;

  WatchConnection(Target target) throws IOException {
    socket =
        (SSLSocket)
            target.tls().getSocketFactory().createSocket(target.server().getHost(), target.port());
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2"});
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    socket.setSSLParameters(parameters);
    socket.setTcpNoDelay(true);
    socket.startHandshake();
    out = socket.getOutputStream();
    in = socket.getInputStream();
    ByteArrayOutputStream start = new ByteArrayOutputStream();
    start.writeBytes(PREFACE);
    start.writeBytes(
        frame(
            SETTINGS,
            0,
            0,
            ByteBuffer.allocate(6)
                .putShort((short) INITIAL_WINDOW_SIZE)
                .putInt(Limits.WINDOW_BYTES)
                .array()));
    start.writeBytes(windowUpdate(Limits.WINDOW_BYTES - DEFAULT_WINDOW));
    out.write(start.toByteArray());
    out.flush();
  }

  /** Asks for a watch. They are numbered from 0. */
  void request(Target target, String token, String path) throws IOException {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    Map<String, String> pseudo =
        Map.of(
            ":method",
            "GET",
            ":scheme",
            "https",
            ":authority",
            target.server().getHost() + ":" + target.port(),
            ":path",
            path);
    pseudo.forEach((name, value) -> literal(block, name, value));
    for (List<String> header :
        List.of(
            List.of("authorization", "Bearer " + token),
            List.of("accept", "application/json"),
            List.of("user-agent", "tiphys-bench"))) {
      literal(block, header.getFirst(), header.getLast());
    }
    out.write(frame(HEADERS, END_STREAM | END_HEADERS, nextStream, block.toByteArray()));
    out.flush();
    nextStream += 2;
  }

  /** A header field as it is: no table, no Huffman code (RFC 7541, 6.2.2). */
  private static void literal(ByteArrayOutputStream block, String name, String value) {
    block.write(0);
    text(block, name);
    text(block, value);
  }

  private static void text(ByteArrayOutputStream block, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    int rest = bytes.length - 127;
    if (rest < 0) {
      block.write(bytes.length);
    } else {
      block.write(127);
      while (rest >= 128) {
        block.write(rest & 127 | 128);
        rest >>>= 7;
      }
      block.write(rest);
    }
    block.writeBytes(bytes);
  }

  private static byte[] windowUpdate(int bytes) {
    return frame(WINDOW_UPDATE, 0, 0, ByteBuffer.allocate(4).putInt(bytes).array());
  }

  private static byte[] frame(int type, int flags, int stream, byte[] payload) {
    return ByteBuffer.allocate(9 + payload.length)
        .put((byte) (payload.length >> 16))
        .putShort((short) payload.length)
        .put((byte) type)
        .put((byte) flags)
        .putInt(stream)
        .put(payload)
        .array();
  }

  /**
   * Reads until the connection is closed.
   *
   * @throws IOException when it is
   * @throws BenchFailure if the server refuses or ends a watch
   */
  void read(Listener listener) throws IOException {
    while (true) {
      need(HEAD_BYTES);
      int length = number(from, 3);
      int type = buffer[from + 3];
      int flags = buffer[from + 4];
      int watch = ((number(from + 5, 4) & 0x7fff_ffff) - 1) / 2;
      from += HEAD_BYTES;
      need(length);
      switch (type) {
        case DATA -> {
          listener.data(watch, buffer, from, length);
          took(length);
          refuse((flags & END_STREAM) != 0, "the server ended a watch");
        }
        case HEADERS -> {
          refuse((flags & PADDED_OR_PRIORITY) != 0, "the server pads its headers");
          int first = from;
          // The server may say how large its table is first.
          while (first < from + length && (buffer[first] & 0xe0) == 0x20) {
            first += (buffer[first] & 0x1f) == 0x1f ? 3 : 1;
          }
          refuse((buffer[first] & 0xff) != STATUS_200, "the server refused a watch");
          listener.begun(watch);
        }
        case RST_STREAM, GOAWAY -> throw new BenchFailure("the server reset a watch");
        case SETTINGS -> answer((flags & ACK) == 0, SETTINGS, new byte[0]);
        case PING ->
            answer((flags & ACK) == 0, PING, Arrays.copyOfRange(buffer, from, from + length));
        default -> {
          // Window updates: we send nothing that would need them.
        }
      }
      from += length;
    }
  }

  /** Reads until so many bytes are there. */
  private void need(int bytes) throws IOException {
    if (bytes > buffer.length) {
      throw new BenchFailure("the server sent a frame of " + bytes + " bytes");
    }
    if (from + bytes > buffer.length || from == to) {
      System.arraycopy(buffer, from, buffer, 0, to - from);
      to -= from;
      from = 0;
    }
    while (to - from < bytes) {
      int some = in.read(buffer, to, buffer.length - to);
      if (some < 0) {
        throw new EOFException("the server closed the connection");
      }
      to += some;
    }
  }

  private int number(int at, int bytes) {
    int number = 0;
    for (int i = at; i < at + bytes; i++) {
      number = number << 8 | (buffer[i] & 0xff);
    }
    return number;
  }

  private static void refuse(boolean bad, String why) {
    if (bad) {
      throw new BenchFailure(why);
    }
  }

  private void answer(boolean needed, int type, byte[] payload) throws IOException {
    if (needed) {
      out.write(frame(type, ACK, 0, payload));
      out.flush();
    }
  }

  private void took(int bytes) throws IOException {
    taken += bytes;
    if (taken > Limits.WINDOW_BYTES / 4) {
      out.write(windowUpdate(taken));
      out.flush();
      taken = 0;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
