package dev.tiphys.store.gateway;

import io.grpc.Attributes;
import io.grpc.Metadata;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A request over HTTP, read to its end.
 *
 * @param path decoded, with its slash
 * @param headers in their order; names in any case, and any of them several times
 * @param connection what gRPC's transport attributes tell: addresses, the TLS session
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never changed
public record JsonRequest(
    String method,
    String path,
    List<Map.Entry<String, String>> headers,
    byte[] body,
    Attributes connection) {
  private static final String PREFIX = "grpc-metadata-";

  /** What the call is sent with: the token, and all that is said to be for gRPC. */
  Metadata metadata() {
    var metadata = new Metadata();
    for (var header : headers) {
      var name = header.getKey().toLowerCase(Locale.ROOT);
      if (name.startsWith(PREFIX)) {
        name = name.substring(PREFIX.length());
      } else if (!name.equals("authorization")) {
        continue;
      }
      if (isKey(name)) {
        metadata.put(
            Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), header.getValue().strip());
      }
    }
    return metadata;
  }

  /** What gRPC takes for a name; the values of others would be no text. */
  private static boolean isKey(String name) {
    return !name.isEmpty()
        && !name.endsWith(Metadata.BINARY_HEADER_SUFFIX)
        && name.chars()
            .allMatch(c -> c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || "-_.".indexOf(c) >= 0);
  }
}
