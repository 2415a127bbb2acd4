package dev.tiphys.store.peer;

import dev.tiphys.daemon.ConfigException;
import dev.tiphys.daemon.tls.CallerAddress;
import dev.tiphys.daemon.tls.CertificateNames;
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
import org.jspecify.annotations.Nullable;

/**
 * The files by which members know each other.
 *
 * @param certificate shown when called, and when calling where there is no other one, PEM
 * @param key its key, PEM
 * @param calling shown when calling; null: the same as when called
 * @param ca signs all members' certificates, PEM; without it a caller is not asked for one, and
 *     whoever is called must have one that the machine trusts
 * @param revoked a list of members' certificates that do not count any more, for being called
 * @param names whom a member's certificate may be of, calling or called
 * @param callers from where a member with its certificate may call
 * @param rules versions and cipher suites
 */
public record PeerTls(
    Path certificate,
    Path key,
    @Nullable Pair calling,
    @Nullable Path ca,
    @Nullable Path revoked,
    CertificateNames names,
    CallerAddress callers,
    TlsRules rules) {
  /** A certificate and its key, PEM. */
  public record Pair(Path certificate, Path key) {}

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
   * For being called. Its engines must know the caller's address.
   *
   * @throws ConfigException when a file cannot be used
   */
  SslContext server() {
    try {
      var builder = SslContextBuilder.forServer(own());
      if (ca != null) {
        builder
            .clientAuth(ClientAuth.REQUIRE)
            .trustManager(CheckedTrust.of(ca, revoked, names, callers))
            .sessionTimeout(1); // a session that is taken up again shows no certificate
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
      var shown = calling == null ? own() : OwnCertificate.read(calling.certificate, calling.key);
      var builder = SslContextBuilder.forClient().keyManager(shown);
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
        "--peer-cert-file, --peer-key-file, --peer-client-cert-file, --peer-client-key-file,"
            + " --peer-trusted-ca-file, --peer-crl-file: cannot be used: "
            + e.getMessage(),
        e);
  }
}
