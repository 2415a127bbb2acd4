package dev.tiphys.store.peer;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/**
 * Where other members reach one: {@code http://HOST:PORT} or {@code https://HOST:PORT}, and nothing
 * after it.
 *
 * @param port 1 to 65535
 */
public record PeerUrl(String host, int port, boolean tls) {
  private static final int MAX_PORT = 65_535;

  /** Reads a URL; empty when no member could be reached by it. Spaces around it do not count. */
  public static Optional<PeerUrl> parse(String text) {
    try {
      var url = new URI(text.strip());
      boolean tls = "https".equals(url.getScheme());
      if (url.getHost() == null
          || url.getPort() < 1
          || url.getPort() > MAX_PORT
          || !(tls || "http".equals(url.getScheme()))
          || !url.getRawPath().isEmpty()
          || url.getRawQuery() != null
          || url.getRawFragment() != null) {
        return Optional.empty();
      }
      return Optional.of(new PeerUrl(url.getHost(), url.getPort(), tls));
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }
}
