package dev.tiphys.apiserver.outbound;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.tiphys.apiserver.http.Headers;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * The beginning of an answer in HTTP/1.1, and its body.
 *
 * @param status as 200
 * @param headers as sent
 * @param body without what frames it; for 101 the bytes of the new protocol
 */
public record OutboundResponse(int status, Headers headers, InputStream body) {

  /**
   * Reads the beginning of an answer.
   *
   * @throws IOException if it is none
   */
  public static OutboundResponse read(InputStream in) throws IOException {
    String statusLine = line(in, Limits.HEAD_BYTES);
    String[] words = statusLine.split(" ", 3);
    if (words.length < 2 || !words[0].startsWith("HTTP/1.") || !words[1].matches("[1-5]\\d\\d")) {
      throw new IOException("not an HTTP answer");
    }
    List<String> fields = new ArrayList<>();
    int left = Limits.HEAD_BYTES;
    String line = line(in, left);
    while (!line.isEmpty()) {
      int colon = line.indexOf(':');
      if (colon <= 0) {
        throw new IOException("a header field without a name");
      }
      fields.add(line.substring(0, colon));
      fields.add(line.substring(colon + 1).strip());
      left -= line.length();
      line = line(in, left);
    }
    int status = Integer.parseInt(words[1]);
    Headers headers = Headers.of(fields.toArray(String[]::new));
    return new OutboundResponse(status, headers, body(status, headers, in));
  }

  /** Whether the answer says where its body ends, so that another may follow. */
  boolean framed() {
    return headers.hasToken("Transfer-Encoding", "chunked")
        || headers.first("Content-Length") != null;
  }

  private static InputStream body(int status, Headers headers, InputStream in) {
    if (status == 101) {
      return in;
    }
    if (headers.hasToken("Transfer-Encoding", "chunked")) {
      return new Chunked(in);
    }
    String length = headers.first("Content-Length");
    return length == null ? in : new Counted(in, Long.parseLong(length));
  }

  private static String line(InputStream in, int limit) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(128);
    while (true) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("the connection ended inside a line");
      }
      if (next == '\n') {
        String text = line.toString(ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
      }
      if (line.size() >= limit) {
        throw new IOException("the answer's head is too long");
      }
      line.write(next);
    }
  }

  /** A body of known length. */
  private static final class Counted extends InputStream {
    private final InputStream in;
    private long left;

    Counted(InputStream in, long length) {
      this.in = in;
      this.left = length;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int taken = in.read(into, offset, (int) Math.min(length, left));
      if (taken < 0) {
        throw new EOFException("the body is cut off");
      }
      left -= taken;
      return taken;
    }
  }

  /** A body in chunks (RFC 9112, section 7.1). */
  private static final class Chunked extends InputStream {
    private static final int SIZE_LINE_BYTES = 1024;

    private final InputStream in;
    private long left;
    private boolean first = true;
    private boolean ended;

    Chunked(InputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (left == 0 && !ended) {
        nextChunk();
      }
      if (ended) {
        return -1;
      }
      int taken = in.read(into, offset, (int) Math.min(length, left));
      if (taken < 0) {
        throw new EOFException("the body is cut off");
      }
      left -= taken;
      return taken;
    }

    private void nextChunk() throws IOException {
      if (!first && !line(in, 2).isEmpty()) {
        throw new IOException("a chunk is longer than it says");
      }
      first = false;
      String size = line(in, SIZE_LINE_BYTES).split(";", 2)[0].strip();
      try {
        left = Long.parseLong(size, 16);
      } catch (NumberFormatException e) {
        throw new IOException("a chunk without a size", e);
      }
      if (left == 0) {
        ended = true;
        for (int trailers = 0; !line(in, SIZE_LINE_BYTES).isEmpty(); trailers++) {
          if (trailers > Limits.TRAILERS) {
            throw new IOException("too many trailers");
          }
        }
      }
    }
  }
}
