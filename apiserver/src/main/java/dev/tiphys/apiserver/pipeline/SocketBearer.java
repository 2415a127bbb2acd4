package dev.tiphys.apiserver.pipeline;

import dev.tiphys.apiserver.http.Headers;
import dev.tiphys.apiserver.request.ApiException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The token that a browser sends among the subprotocols of a WebSocket, for it can set no {@code
 * Authorization}. Pure.
 */
final class SocketBearer {

  private static final String PROTOCOLS = "Sec-WebSocket-Protocol";
  private static final String PREFIX = "base64url.bearer.authorization.k8s.io.";

  private SocketBearer() {}

  /**
   * Reads the token.
   *
   * @param protocols that the client offers
   * @return null if there is none among them
   * @throws ApiException 401 if there are several, it is malformed, or no other protocol is offered
   */
  static @Nullable String of(List<String> protocols) {
    List<String> bearers = protocols.stream().filter(SocketBearer::isBearer).toList();
    if (bearers.isEmpty()) {
      return null;
    }
    if (bearers.size() > 1 || protocols.size() == 1) {
      throw ApiException.unauthorized();
    }
    try {
      byte[] token = Base64.getUrlDecoder().decode(bearers.getFirst().substring(PREFIX.length()));
      return new String(token, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw ApiException.unauthorized();
    }
  }

  static boolean isBearer(String protocol) {
    return protocol.startsWith(PREFIX);
  }

  /** The same header fields without the token, so that it reaches nobody else. */
  static Headers without(Headers headers) {
    List<String> fields = new ArrayList<>();
    headers.forEach((name, value) -> {
      fields.add(name);
      fields.add(name.equalsIgnoreCase(PROTOCOLS) ? withoutBearer(value) : value);
    });
    return Headers.of(fields.toArray(String[]::new));
  }

  private static String withoutBearer(String protocols) {
    List<String> others = new ArrayList<>();
    for (String protocol : protocols.split(",")) {
      if (!isBearer(protocol.strip())) {
        others.add(protocol.strip());
      }
    }
    return String.join(", ", others);
  }
}
