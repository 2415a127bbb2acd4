package dev.tiphys.store.peer;

import dev.tiphys.daemon.ConfigException;
import dev.tiphys.daemon.tls.CheckedTrust;
import dev.tiphys.daemon.tls.OwnCertificate;
import dev.tiphys.daemon.tls.TlsRules;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The files by which members know each other.
 *
 * @param certificate shown when calling and when called, PEM
 * @param key its key, PEM
 * @param ca signs all members' certificates, PEM; without it a caller is not asked for one, and
 *     whoever is called must have one that the machine trusts
 * @param revoked a list of members' certificates that do not count any more, for being called
 * @param names common names of which a certificate must have one; empty: any
 * @param rules versions and cipher suites
 */
public record PeerTls(
    Path certificate,
    Path key,
    @Nullable Path ca,
    @Nullable Path revoked,
    List<String> names,
    TlsRules rules) {
  /** Copies the list. */
  public PeerTls {
    names = List.copyOf(names);
  }

  /**
   * Reads the files.
   *
   * @throws ConfigException when one cannot be used
   */
  public void check() {
    server();
    client();
  }

  /**
   * For being called.
   *
   * @throws ConfigException when a file cannot be used
   */
  SslContext server() {
    try {
      var builder = SslContextBuilder.forServer(own());
      if (ca != null) {
        builder.clientAuth(ClientAuth.REQUIRE).trustManager(CheckedTrust.of(ca, revoked, names));
        if (revoked != null) {
          builder.sessionTimeout(1); // or the list is not looked at
        }
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
        builder.trustManager(CheckedTrust.of(ca, null, names));
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

  private static ConfigException unusable(Exception e) {
    return new ConfigException(
        "--peer-cert-file, --peer-key-file, --peer-trusted-ca-file, --peer-crl-file: cannot be"
            + " used: "
            + e.getMessage(),
        e);
  }
}
