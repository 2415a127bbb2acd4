package dev.tiphys.deploy.pki;

import java.util.List;
import java.util.Set;

/**
 * A certificate that a cluster needs.
 *
 * @param file its path below the PKI directory, without {@code .crt} or {@code .key}
 * @param commonName the user that it stands for
 * @param organizations the groups of that user
 * @param uses what it may be shown for
 * @param names DNS names and IP addresses that it is valid for; empty for a client
 * @param algorithm of its key
 */
record CertificateSpec(
    String file,
    String commonName,
    List<String> organizations,
    Set<Use> uses,
    List<String> names,
    Algorithm algorithm) {
  /** Keys' algorithms. */
  enum Algorithm {
    /** P-256: small and quick, for everything of ours. */
    EC,
    /** 2048 bits: for keys that clients of others read, some of which read no other. */
    RSA
  }

  CertificateSpec(
      String file,
      String commonName,
      List<String> organizations,
      Set<Use> uses,
      List<String> names) {
    this(file, commonName, organizations, uses, names, Algorithm.EC);
  }

  /** The same with a key that every Kubernetes client can read. */
  CertificateSpec forAnyClient() {
    return new CertificateSpec(file, commonName, organizations, uses, names, Algorithm.RSA);
  }

  enum Use {
    SERVER,
    CLIENT
  }

  static CertificateSpec client(String file, String user, String... groups) {
    return new CertificateSpec(file, user, List.of(groups), Set.of(Use.CLIENT), List.of());
  }

  static CertificateSpec server(String file, String commonName, List<String> names) {
    return new CertificateSpec(file, commonName, List.of(), Set.of(Use.SERVER), names);
  }
}
