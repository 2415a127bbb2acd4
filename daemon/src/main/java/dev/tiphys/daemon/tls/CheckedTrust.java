package dev.tiphys.daemon.tls;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Trusts whom a CA signed, but not whom a list revokes, nor those of other names where names are
 * asked for. The list is read at every handshake, so that it may be replaced. Thread-safe.
 */
public final class CheckedTrust extends X509ExtendedTrustManager {
  private final X509ExtendedTrustManager signed;
  private final @Nullable Path revoked;
  private final CertificateNames names;
  private final CallerAddress callers;

  private CheckedTrust(
      X509ExtendedTrustManager signed,
      @Nullable Path revoked,
      CertificateNames names,
      CallerAddress callers) {
    this.signed = signed;
    this.revoked = revoked;
    this.names = names;
    this.callers = callers;
  }

  /**
   * Reads the files.
   *
   * @param ca certificates that sign, PEM
   * @param revoked a list of serial numbers, PEM or DER, by whoever it was signed; null: none is
   * @param names who is let in of those that are signed
   * @throws IOException when a file cannot be read
   * @throws GeneralSecurityException when it does not hold what it should
   */
  public static CheckedTrust of(Path ca, @Nullable Path revoked, CertificateNames names)
      throws IOException, GeneralSecurityException {
    return of(ca, revoked, names, CallerAddress.ANY);
  }

  /**
   * As the other one.
   *
   * @param callers from where they may call, over engines that know the address of the other side
   */
  public static CheckedTrust of(
      Path ca, @Nullable Path revoked, CertificateNames names, CallerAddress callers)
      throws IOException, GeneralSecurityException {
    if (revoked != null) {
      read(revoked);
    }
    return new CheckedTrust(Authorities.trusting(Pem.certificates(ca)), revoked, names, callers);
  }

  private static X509CRL read(Path file) throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(file)) {
      return (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(in);
    }
  }

  private void check(X509Certificate... chain) throws CertificateException {
    names.check(chain[0]);
    if (revoked == null) {
      return;
    }
    try {
      var list = read(revoked);
      for (var certificate : chain) {
        // As etcd has it, a number counts whoever gave it.
        if (list.getRevokedCertificate(certificate.getSerialNumber()) != null) {
          throw new CertificateException(
              "the certificate with serial number "
                  + certificate.getSerialNumber().toString(16)
                  + " is revoked");
        }
      }
    } catch (CertificateException e) {
      throw e;
    } catch (IOException | GeneralSecurityException e) {
      throw new CertificateException("whether it is revoked cannot be read from " + revoked, e);
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    signed.checkClientTrusted(chain, type, engine);
    check(chain);
    callers.check(chain[0], engine.getPeerHost());
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    signed.checkServerTrusted(chain, type, engine);
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    signed.checkClientTrusted(chain, type, socket);
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    signed.checkServerTrusted(chain, type, socket);
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    signed.checkClientTrusted(chain, type);
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    signed.checkServerTrusted(chain, type);
    check(chain);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return signed.getAcceptedIssuers();
  }
}
