package dev.tiphys.daemon.tls;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether a caller calls from where its certificate says that it is, so that a stolen certificate
 * is of no use elsewhere. As etcd does it for members ("Notes for TLS authentication" of its
 * transport security model): an IP address among the alternative names decides; else the caller's
 * name by a reverse lookup, else the addresses of the names that there are. A certificate without
 * either kind is good everywhere. Thread-safe when its lookup is; waits for that.
 */
public final class CallerAddress {
  /** Whatever the certificate says. */
  public static final CallerAddress ANY = new CallerAddress(Lookup.DNS, false);

  /** Where certificates say, by the names that this machine knows. */
  public static final CallerAddress AS_CERTIFIED = new CallerAddress(Lookup.DNS, true);

  private final Lookup lookup;
  private final boolean checked;

  /** Knows names. */
  interface Lookup {
    /** The machine's own way. */
    Lookup DNS =
        new Lookup() {
          @Override
          public List<InetAddress> addresses(String host) throws UnknownHostException {
            return List.of(InetAddress.getAllByName(host));
          }

          @Override
          public String name(InetAddress address) {
            return address.getCanonicalHostName();
          }
        };

    /** The addresses of a name. */
    List<InetAddress> addresses(String host) throws UnknownHostException;

    /** The name of an address; where there is none, the address as text. */
    String name(InetAddress address);
  }

  private CallerAddress(Lookup lookup, boolean checked) {
    this.lookup = lookup;
    this.checked = checked;
  }

  /** As {@link #AS_CERTIFIED}, by other names. */
  static CallerAddress by(Lookup lookup) {
    return new CallerAddress(lookup, true);
  }

  /**
   * Looks at a caller.
   *
   * @param remote its IP address; null: not known
   * @throws CertificateException when the certificate is of other places only, or cannot be read
   */
  void check(X509Certificate certificate, @Nullable String remote) throws CertificateException {
    if (!checked) {
      return;
    }
    if (remote == null) {
      throw new CertificateException("the address of the caller is not known");
    }
    var names = AlternativeNames.of(certificate);
    boolean anywhere = names.hosts().isEmpty() && names.addresses().isEmpty();
    if (!anywhere && !names.covers(remote) && !isNamed(names, InetAddress.ofLiteral(remote))) {
      throw new CertificateException(
          "the certificate of %s is of %s %s, but the caller has the address %s"
              .formatted(
                  certificate.getSubjectX500Principal(),
                  names.hosts(),
                  names.addresses().stream().map(InetAddress::getHostAddress).toList(),
                  remote));
    }
  }

  private boolean isNamed(AlternativeNames names, InetAddress caller) {
    if (names.hosts().isEmpty()) {
      return false;
    }
    var name = lookup.name(caller);
    return names.covers(name) || names.hosts().stream().anyMatch(host -> isAt(host, caller));
  }

  private boolean isAt(String host, InetAddress caller) {
    try {
      // Of *.example.com, example.com is looked up.
      return lookup.addresses(host.startsWith("*.") ? host.substring(2) : host).contains(caller);
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
