package dev.tiphys.apiserver.authn;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.naming.InvalidNameException;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;

/**
 * The user that a certificate names: the common name is the user's, organizations are groups. TLS
 * has verified the certificate.
 */
final class ClientCertificates {

  private ClientCertificates() {}

  /** Null if the certificate names nobody. */
  static @Nullable User userOf(X509Certificate certificate) {
    String name = "";
    List<String> groups = new ArrayList<>();
    try {
      LdapName subject = new LdapName(certificate.getSubjectX500Principal().getName());
      for (Rdn rdn : subject.getRdns()) {
        NamingEnumeration<? extends Attribute> attributes = rdn.toAttributes().getAll();
        while (attributes.hasMore()) {
          Attribute attribute = attributes.next();
          for (int i = 0; i < attribute.size(); i++) {
            String value = String.valueOf(attribute.get(i));
            if (attribute.getID().equalsIgnoreCase("CN")) {
              name = value;
            } else if (attribute.getID().equalsIgnoreCase("O")) {
              groups.add(value);
            }
          }
        }
      }
    } catch (InvalidNameException e) {
      return null;
    } catch (NamingException e) {
      throw new IllegalStateException("a parsed name cannot be walked", e);
    }
    return name.isEmpty() ? null : new User(name, "", groups, Map.of());
  }
}
