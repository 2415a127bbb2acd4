package dev.tiphys.daemon.tls;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/**
 * Whom a certificate may be of, beside being signed. It must have one of the common names, where
 * there are any; and be good for one of the hosts, where there are any. Immutable.
 *
 * @param commonNames letter for letter
 * @param hosts DNS names or IP addresses that an alternative name of the certificate must cover, as
 *     RFC 6125 has it: its first label may be {@code *}; common names do not count
 */
public record CertificateNames(List<String> commonNames, List<String> hosts) {
  /** Of anybody. */
  public static final CertificateNames ANY = new CertificateNames(List.of(), List.of());

  /** Leaves out what is empty. */
  public CertificateNames {
    commonNames = commonNames.stream().filter(name -> !name.isBlank()).toList();
    hosts = hosts.stream().map(String::strip).filter(host -> !host.isEmpty()).toList();
  }

  /** True when a certificate may be anybody's. */
  public boolean isAny() {
    return commonNames.isEmpty() && hosts.isEmpty();
  }

  /**
   * Looks at a certificate.
   *
   * @throws CertificateException when it is not of whom it may be, or cannot be read
   */
  void check(X509Certificate certificate) throws CertificateException {
    if (!commonNames.isEmpty() && commonName(certificate).filter(commonNames::contains).isEmpty()) {
      throw new CertificateException(
          "the certificate of "
              + certificate.getSubjectX500Principal()
              + " has none of "
              + commonNames);
    }
    if (!hosts.isEmpty() && hosts.stream().noneMatch(AlternativeNames.of(certificate)::covers)) {
      throw new CertificateException(
          "the certificate of "
              + certificate.getSubjectX500Principal()
              + " is good for none of the hosts "
              + hosts);
    }
  }

  private static Optional<String> commonName(X509Certificate certificate)
      throws CertificateException {
    try {
      return new LdapName(certificate.getSubjectX500Principal().getName())
          .getRdns().stream()
              .filter(part -> part.getType().equalsIgnoreCase("CN"))
              .map(Rdn::getValue)
              .map(String::valueOf)
              .findFirst();
    } catch (InvalidNameException e) {
      throw new CertificateException("its subject cannot be read", e);
    }
  }
}
