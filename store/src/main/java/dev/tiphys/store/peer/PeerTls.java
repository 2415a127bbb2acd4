package dev.tiphys.store.peer;

import dev.tiphys.daemon.ConfigException;
import dev.tiphys.daemon.tls.OwnCertificate;
import dev.tiphys.daemon.tls.Pem;
import dev.tiphys.daemon.tls.TlsRules;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/**
 * The files by which members know each other.
 *
 * @param certificate shown when calling and when called, PEM
 * @param key its key, PEM
 * @param ca signs all members' certificates, PEM; without it a caller is not asked for one, and
 *     whoever is called must have one that the machine trusts
 * @param rules versions and cipher suites
 */
public record PeerTls(Path certificate, Path key, @Nullable Path ca, TlsRules rules) {

  /**
   * For being called.
   *
   * @throws ConfigException when a file cannot be used
   */
  SslContext server() {
    try {
      var builder = SslContextBuilder.forServer(own());
      if (ca != null) {
        builder.clientAuth(ClientAuth.REQUIRE).trustManager(authorities(ca));
      }
      return build(builder);
    } catch (IOException | GeneralSecurityException e) {
      throw unusable(e);
    }
  }

  /**
   * For calling.
   *
   * @throws ConfigException when a file cannot be used
   */
  SslContext client() {
    try {
      var builder = SslContextBuilder.forClient().keyManager(own());
      if (ca != null) {
        builder.trustManager(authorities(ca));
      }
      return build(builder);
    } catch (IOException | GeneralSecurityException e) {
      throw unusable(e);
    }
  }

  private SslContext build(SslContextBuilder builder) throws IOException {
    GrpcSslContexts.configure(builder, SslProvider.JDK);
    if (!rules.protocols().isEmpty()) {
      builder.protocols(rules.protocols());
    }
    if (!rules.cipherSuites().isEmpty()) {
      builder.ciphers(rules.cipherSuites());
    }
    return builder.build();
  }

  private OwnCertificate own() throws IOException, GeneralSecurityException {
    return OwnCertificate.read(certificate, key);
  }

  private static X509Certificate[] authorities(Path file)
      throws IOException, GeneralSecurityException {
    return Pem.certificates(file).toArray(X509Certificate[]::new);
  }

  private static ConfigException unusable(Exception e) {
    return new ConfigException(
        "--peer-cert-file, --peer-key-file, --peer-trusted-ca-file: cannot be used: "
            + e.getMessage(),
        e);
  }
}
