package dev.tiphys.apiserver.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;

/** Writes responses of HTTP/1.1 (RFC 9112) as bytes. Pure functions. */
final class Http1Response {

  /** Ends a chunked body. */
  static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(ISO_8859_1);

  /** Tells a client that waits for it to send its body. */
  static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(ISO_8859_1);

  private static final byte[] LINE_END = "\r\n".getBytes(ISO_8859_1);

  private Http1Response() {}

  /** The status line and header fields, with those that frame the body. */
  static byte[] head(Wire.Head head, boolean chunked, boolean keepAlive) {
    StringBuilder text = new StringBuilder(256);
    statusLine(text, head.status());
    fields(text, head.headers());
    if (chunked) {
      text.append("Transfer-Encoding: chunked\r\n");
    } else if (head.contentLength() >= 0 && hasBody(head.status())) {
      text.append("Content-Length: ").append(head.contentLength()).append("\r\n");
    }
    if (!keepAlive) {
      text.append("Connection: close\r\n");
    }
    return text.append("\r\n").toString().getBytes(ISO_8859_1);
  }

  /** The answer that leaves HTTP. */
  static byte[] switching(Headers headers) {
    StringBuilder text = new StringBuilder(256);
    statusLine(text, 101);
    fields(text, headers);
    return text.append("\r\n").toString().getBytes(ISO_8859_1);
  }

  /** A whole answer to a request that no handler saw; the connection closes after it. */
  static byte[] refusal(int status, String reason) {
    byte[] body = (reason + "\n").getBytes(ISO_8859_1);
    Headers headers = Headers.of("Content-Type", "text/plain; charset=utf-8");
    byte[] head = head(new Wire.Head(status, headers, body.length), false, false);
    byte[] whole = new byte[head.length + body.length];
    System.arraycopy(head, 0, whole, 0, head.length);
    System.arraycopy(body, 0, whole, head.length, body.length);
    return whole;
  }

  /** Adds segments to a list as one chunk. */
  static void addChunk(List<byte[]> to, List<byte[]> segments, int bytes) {
    to.add((Integer.toHexString(bytes) + "\r\n").getBytes(ISO_8859_1));
    to.addAll(segments);
    to.add(LINE_END);
  }

  /** Whether a status is followed by a body at all. */
  static boolean hasBody(int status) {
    return status >= 200 && status != 204 && status != 304;
  }

  private static void statusLine(StringBuilder text, int status) {
    text.append("HTTP/1.1 ")
        .append(status)
        .append(' ')
        .append(HttpResponseStatus.valueOf(status).reasonPhrase())
        .append("\r\n");
  }

  private static void fields(StringBuilder text, Headers headers) {
    headers.forEach((name, value) -> text.append(name).append(": ").append(value).append("\r\n"));
  }
}
