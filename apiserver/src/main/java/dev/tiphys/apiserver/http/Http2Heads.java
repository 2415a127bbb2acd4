package dev.tiphys.apiserver.http;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Between the heads of HTTP/2 and ours. Pure functions. */
final class Http2Heads {

  private Http2Heads() {}

  /**
   * A request's head; {@code :authority} becomes {@code Host}.
   *
   * @throws MalformedRequestException if a pseudo header is missing or the path is none
   */
  static RequestHead request(
      Http2Headers fields, List<X509Certificate> peerCertificates, InetSocketAddress remoteAddress)
      throws MalformedRequestException {
    CharSequence method = fields.method();
    CharSequence path = fields.path();
    if (method == null || path == null) {
      throw new MalformedRequestException("the request has no :method or no :path");
    }
    List<String> flat = new ArrayList<>(fields.size() * 2);
    CharSequence authority = fields.authority();
    if (authority != null) {
      flat.add("Host");
      flat.add(authority.toString());
    }
    for (Map.Entry<CharSequence, CharSequence> field : fields) {
      CharSequence name = field.getKey();
      if (name.isEmpty() || name.charAt(0) != ':') {
        flat.add(name.toString());
        flat.add(field.getValue().toString());
      }
    }
    return new RequestHead(
        method.toString(),
        RequestTarget.parse(path.toString()),
        Headers.of(flat.toArray(String[]::new)),
        "HTTP/2.0",
        peerCertificates,
        remoteAddress);
  }

  /** A response's head. */
  static Http2Headers response(Wire.Head head) {
    Http2Headers fields = new DefaultHttp2Headers(false, head.headers().size() + 2);
    fields.status(AsciiString.of(Integer.toString(head.status())));
    head.headers().forEach((name, value) -> fields.add(name.toLowerCase(Locale.ROOT), value));
    if (head.contentLength() >= 0 && Http1Response.hasBody(head.status())) {
      fields.add("content-length", Long.toString(head.contentLength()));
    }
    return fields;
  }

  /** {@code 100 Continue}. */
  static Http2Headers informational() {
    return new DefaultHttp2Headers(false, 1).status("100");
  }
}
