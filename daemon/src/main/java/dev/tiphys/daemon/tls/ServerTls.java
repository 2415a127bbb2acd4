package dev.tiphys.daemon.tls;

import dev.tiphys.daemon.ConfigException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS of a server: its key and chain, and the CA by which it knows its clients.
 *
 * @param sslContext ready to use
 * @param asksForClientCertificate whether clients are asked for a certificate; one that the client
 *     CA did not sign ends the handshake, none at all does not
 * @param rules which versions and cipher suites are taken
 */
public record ServerTls(SSLContext sslContext, boolean asksForClientCertificate, TlsRules rules) {

  /** With the versions and cipher suites of the platform. */
  public ServerTls(SSLContext sslContext, boolean asksForClientCertificate) {
    this(sslContext, asksForClientCertificate, TlsRules.DEFAULT);
  }

  /** The same with other versions and cipher suites. */
  public ServerTls with(TlsRules other) {
    return new ServerTls(sslContext, asksForClientCertificate, other);
  }

  /**
   * Reads the files that the flags name.
   *
   * @param certificateChain the server's certificate and its intermediates
   * @param privateKey of the first certificate
   * @param clientCa certificates that sign clients' ones; null to ask for none
   * @throws ConfigException if a file cannot be read or they do not fit together
   */
  public static ServerTls fromFiles(
      Path certificateChain, Path privateKey, @Nullable Path clientCa) {
    return fromFiles(certificateChain, privateKey, clientCa, null, CertificateNames.ANY);
  }

  /**
   * As the other one.
   *
   * @param revoked a list of clients' certificates that do not count any more; null for none
   * @param names whom a client's certificate may be of
   */
  public static ServerTls fromFiles(
      Path certificateChain,
      Path privateKey,
      @Nullable Path clientCa,
      @Nullable Path revoked,
      CertificateNames names) {
    try {
      OwnCertificate own =
          OwnCertificate.of(readCertificates(certificateChain), readKey(privateKey));
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          new KeyManager[] {own},
          clientCa == null ? null : new TrustManager[] {trust(clientCa, revoked, names)},
          null);
      if (revoked != null) {
        context.getServerSessionContext().setSessionTimeout(1); // or the list is not looked at
      }
      return new ServerTls(context, clientCa != null);
    } catch (GeneralSecurityException | IOException e) {
      throw new ConfigException(
          "the key "
              + privateKey
              + " and certificate "
              + certificateChain
              + " do not make a server: "
              + e.getMessage(),
          e);
    }
  }

  private static TrustManager trust(Path ca, @Nullable Path revoked, CertificateNames names)
      throws GeneralSecurityException, IOException {
    return revoked == null && names.isAny()
        ? Authorities.trusting(readCertificates(ca))
        : CheckedTrust.of(ca, revoked, names);
  }

  private static List<X509Certificate> readCertificates(Path file) {
    try {
      return Pem.certificates(file);
    } catch (IOException | GeneralSecurityException e) {
      throw new ConfigException("cannot read certificates from " + file + ": " + e.getMessage(), e);
    }
  }

  private static PrivateKey readKey(Path file) {
    try {
      return Pem.privateKey(file);
    } catch (IOException | GeneralSecurityException e) {
      throw new ConfigException(
          "cannot read a private key from " + file + ": " + e.getMessage(), e);
    }
  }
}
