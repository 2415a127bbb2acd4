package dev.tiphys.daemon.tls;

import java.net.InetAddress;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The hosts that a certificate says it is of. Immutable.
 *
 * @param hosts DNS names; the first label may be {@code *}
 * @param addresses IP addresses
 */
record AlternativeNames(List<String> hosts, List<InetAddress> addresses) {
  private static final int DNS_NAME = 2;
  private static final int IP_ADDRESS = 7;

  /**
   * Reads them.
   *
   * @throws CertificateException when they cannot be read
   */
  static AlternativeNames of(X509Certificate certificate) throws CertificateException {
    var names = certificate.getSubjectAlternativeNames();
    var hosts = new ArrayList<String>();
    var addresses = new ArrayList<InetAddress>();
    for (var name : names == null ? List.<List<?>>of() : names) {
      if (name.get(0).equals(DNS_NAME) && name.get(1) instanceof String host) {
        hosts.add(host);
      } else if (name.get(0).equals(IP_ADDRESS) && name.get(1) instanceof String text) {
        var address = address(text);
        if (address != null) {
          addresses.add(address);
        }
      }
    }
    return new AlternativeNames(List.copyOf(hosts), List.copyOf(addresses));
  }

  /** True for a DNS name, or an IP address as text, that is among them (RFC 6125). */
  boolean covers(String host) {
    var address = address(host);
    return address == null
        ? hosts.stream().anyMatch(pattern -> matches(pattern, host))
        : addresses.contains(address);
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
