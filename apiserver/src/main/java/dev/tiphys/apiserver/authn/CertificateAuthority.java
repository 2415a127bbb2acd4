package dev.tiphys.apiserver.authn;

import dev.tiphys.daemon.tls.Pem;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertStore;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells whether a certificate was signed by one of some authorities. TLS believes all authorities
 * alike; this tells them apart where they mean different things. Answers are kept. Thread-safe.
 */
final class CertificateAuthority {

  private final Set<TrustAnchor> anchors = new HashSet<>();
  private final InstantSource clock;
  private final Map<X509Certificate, Boolean> known = new ConcurrentHashMap<>();

  /**
   * Believes authorities.
   *
   * @param authorities not empty
   */
  CertificateAuthority(List<X509Certificate> authorities, InstantSource clock) {
    authorities.forEach(authority -> anchors.add(new TrustAnchor(authority, null)));
    this.clock = clock;
  }

  /**
   * Whether it signed a certificate that is valid now.
   *
   * @param chain the certificate followed by its intermediates
   */
  boolean signed(List<X509Certificate> chain) {
    X509Certificate first = chain.getFirst();
    try {
      first.checkValidity(Date.from(clock.instant()));
    } catch (CertificateExpiredException | CertificateNotYetValidException _) {
      return false;
    }
    Boolean answer = known.get(first);
    if (answer == null) {
      answer = builds(chain);
      if (known.size() >= Limits.CHECKED_CERTIFICATES) {
        known.clear();
      }
      known.put(first, answer);
    }
    return answer;
  }

  private boolean builds(List<X509Certificate> chain) {
    X509CertSelector target = new X509CertSelector();
    target.setCertificate(chain.getFirst());
    try {
      PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, target);
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(clock.instant()));
      parameters.addCertStore(
          CertStore.getInstance("Collection", new CollectionCertStoreParameters(chain)));
      return CertPathBuilder.getInstance("PKIX").build(parameters) != null;
    } catch (CertPathBuilderException _) {
      return false;
    } catch (NoSuchAlgorithmException | InvalidAlgorithmParameterException e) {
      throw new IllegalStateException("every Java platform has PKIX", e);
    }
  }

  /** Reads authorities from a file. */
  static CertificateAuthority of(Path file, InstantSource clock)
      throws GeneralSecurityException, IOException {
    return new CertificateAuthority(Pem.certificates(file), clock);
  }
}
