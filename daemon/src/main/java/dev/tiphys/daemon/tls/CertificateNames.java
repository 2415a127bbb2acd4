package dev.tiphys.daemon.tls;

import java.net.InetAddress;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;

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

  private static final int DNS_NAME = 2;
  private static final int IP_ADDRESS = 7;

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
    if (!hosts.isEmpty() && hosts.stream().noneMatch(covered(certificate)::covers)) {
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

  private static Alternatives covered(X509Certificate certificate) throws CertificateException {
    var names = certificate.getSubjectAlternativeNames();
    return new Alternatives(names == null ? List.of() : names);
  }

  /** The alternative names of a certificate, each a kind and a value. */
  private record Alternatives(Collection<List<?>> names) {
    boolean covers(String host) {
      var address = address(host);
      return names.stream()
          .anyMatch(name ->
              address == null
                  ? isOf(DNS_NAME, name) && matches((String) name.get(1), host)
                  : isOf(IP_ADDRESS, name) && address.equals(address((String) name.get(1))));
    }

    private static boolean isOf(int kind, List<?> name) {
      return name.get(0).equals(kind) && name.get(1) instanceof String;
    }

    private static @Nullable InetAddress address(String text) {
      var bare =
          text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
      try {
        return InetAddress.ofLiteral(bare);
      } catch (IllegalArgumentException e) {
        return null;
      }
    }

    private static boolean matches(String pattern, String host) {
      var wanted = labels(host.endsWith(".") ? host.substring(0, host.length() - 1) : host);
      var covered = labels(pattern);
      if (covered.length != wanted.length) {
        return false;
      }
      for (int i = 0; i < wanted.length; i++) {
        // One star is one label, the first; and alone it covers nothing.
        boolean star = i == 0 && covered[i].equals("*") && covered.length > 1;
        if (wanted[i].isEmpty() || !(star || covered[i].equals(wanted[i]))) {
          return false;
        }
      }
      return true;
    }

    private static String[] labels(String name) {
      return name.toLowerCase(Locale.ROOT).split("\\.", -1);
    }
  }
}
