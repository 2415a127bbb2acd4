package dev.tiphys.kubelet.server;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/** Finds out who sent a request. Called from many threads; may block. */
@FunctionalInterface
public interface Authenticator {
  /** Who it is; empty if these credentials say nothing to this authenticator. */
  Optional<Caller> authenticate(Credentials credentials);

  /** The next, if this one does not know. */
  default Authenticator or(Authenticator next) {
    return credentials -> authenticate(credentials).or(() -> next.authenticate(credentials));
  }

  /**
   * Lets in whoever shows no token, as {@link Caller#ANONYMOUS}: put it last. A token that nobody
   * knew stays refused.
   */
  static Authenticator anonymous() {
    return credentials ->
        credentials.bearerToken() == null ? Optional.of(Caller.ANONYMOUS) : Optional.empty();
  }

  /** By client certificate: its common name is the user, its organizations are the groups. */
  static Authenticator byCertificate() {
    return credentials ->
        Optional.ofNullable(credentials.certificate()).flatMap(Authenticator::callerOf);
  }

  private static Optional<Caller> callerOf(X509Certificate certificate) {
    String name = "";
    List<String> groups = new ArrayList<>();
    try {
      for (Rdn rdn : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
        for (var all = rdn.toAttributes().getAll(); all.hasMore(); ) {
          Attribute attribute = all.next();
          for (int i = 0; i < attribute.size(); i++) {
            if (attribute.getID().equalsIgnoreCase("CN")) {
              name = String.valueOf(attribute.get(i));
            } else if (attribute.getID().equalsIgnoreCase("O")) {
              groups.add(String.valueOf(attribute.get(i)));
            }
          }
        }
      }
    } catch (NamingException e) {
      return Optional.empty(); // A subject that is no name identifies nobody.
    }
    groups.add("system:authenticated");
    return name.isEmpty() ? Optional.empty() : Optional.of(new Caller(name, "", groups, Map.of()));
  }
}
