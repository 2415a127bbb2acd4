package dev.tiphys.apiserver.authn;

import dev.tiphys.apiserver.http.Headers;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a request shows of its sender.
 *
 * @param certificates the client's chain, its own first, verified by TLS against the client CA;
 *     empty if it showed none
 * @param bearer the token of the {@code Authorization} header, or null
 * @param headers all header fields, in which a proxy may name somebody else
 */
public record Credentials(
    List<X509Certificate> certificates, @Nullable String bearer, Headers headers) {

  private static final String SCHEME = "bearer ";

  /** Copies the list. */
  public Credentials {
    certificates = List.copyOf(certificates);
  }

  /** Reads a token from an {@code Authorization} header; null if it carries none. */
  public static @Nullable String bearerOf(@Nullable String authorization) {
    if (authorization == null
        || !authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME)
        || authorization.length() == SCHEME.length()) {
      return null;
    }
    return authorization.substring(SCHEME.length()).strip();
  }

  /** Does not show the token. */
  @Override
  public String toString() {
    return "Credentials[certificates=" + certificates.size() + ", bearer=" + (bearer != null) + "]";
  }
}
