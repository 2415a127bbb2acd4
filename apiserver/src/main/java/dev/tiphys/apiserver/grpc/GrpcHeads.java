package dev.tiphys.apiserver.grpc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/** Head and trailers as gRPC over HTTP/2 says. */
final class GrpcHeads {

  private static final AsciiString STATUS = AsciiString.cached("grpc-status");
  private static final AsciiString MESSAGE = AsciiString.cached("grpc-message");

  private GrpcHeads() {}

  static Http2Headers request(String scheme, String authority, String path) {
    return new DefaultHttp2Headers(false)
        .method("POST")
        .scheme(scheme)
        .authority(authority)
        .path(path)
        .add("te", "trailers")
        .add("content-type", "application/grpc")
        .add("user-agent", "tiphys");
  }

  /**
   * What the fields of an answer say.
   *
   * @param last whether they are the trailers
   * @return null for nothing bad
   */
  static @Nullable GrpcException failure(Http2Headers fields, boolean last) {
    CharSequence http = fields.status();
    if (http != null && !AsciiString.contentEquals(http, "200")) {
      return new GrpcException(GrpcException.UNAVAILABLE, "the store answered HTTP " + http);
    }
    CharSequence status = fields.get(STATUS);
    if (status == null) {
      return last
          ? new GrpcException(GrpcException.INTERNAL, "the store's answer has no status")
          : null;
    }
    if (AsciiString.contentEquals(status, "0")) {
      return null;
    }
    CharSequence message = fields.get(MESSAGE);
    return new GrpcException(number(status), message == null ? "" : decoded(message.toString()));
  }

  private static int number(CharSequence status) {
    try {
      return Integer.parseInt(status.toString());
    } catch (NumberFormatException e) {
      return GrpcException.INTERNAL;
    }
  }

  /** Undoes the percent encoding; what is none stays as it is. */
  static String decoded(String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    byte[] coded = text.getBytes(UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream(coded.length);
    for (int i = 0; i < coded.length; i++) {
      int high = i + 2 < coded.length ? Character.digit(coded[i + 1], 16) : -1;
      int low = i + 2 < coded.length ? Character.digit(coded[i + 2], 16) : -1;
      if (coded[i] == '%' && high >= 0 && low >= 0) {
        out.write(high << 4 | low);
        i += 2;
      } else {
        out.write(coded[i]);
      }
    }
    return out.toString(UTF_8);
  }
}
