package dev.tiphys.kubelet.server;

import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/**
 * How a client says who it is.
 *
 * @param certificate of the TLS connection, signed by the client CA; null if there was none
 * @param bearerToken of the request; null if there was none
 */
public record Credentials(@Nullable X509Certificate certificate, @Nullable String bearerToken) {
  @Override
  public String toString() {
    return "Credentials[certificate="
        + (certificate == null ? "none" : certificate.getSubjectX500Principal())
        + ", bearerToken="
        + (bearerToken == null ? "none" : "present") // No secret.
        + "]";
  }
}
