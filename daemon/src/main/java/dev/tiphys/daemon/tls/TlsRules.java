package dev.tiphys.daemon.tls;

import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * Which versions of TLS and which cipher suites a server takes, by the names of the IANA.
 *
 * @param protocols as {@code TLSv1.3}; empty: those of the platform
 * @param cipherSuites empty: those of the platform
 */
public record TlsRules(List<String> protocols, List<String> cipherSuites) {
  /** The platform's. */
  public static final TlsRules DEFAULT = new TlsRules(List.of(), List.of());

  private static final List<String> VERSIONS = List.of("TLSv1.2", "TLSv1.3");

  /** As Go names them, without what the others are named after too. */
  private static final Set<String> SHORT_NAMES =
      Set.of("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305");

  /** Copies the lists. */
  public TlsRules {
    protocols = List.copyOf(protocols);
    cipherSuites = List.copyOf(cipherSuites);
  }

  /**
   * Reads what flags say.
   *
   * @param suites for TLS 1.2; those of TLS 1.3 are always taken, as Go has it. Empty: the
   *     platform's
   * @param oldest {@code TLS1.2} or {@code TLS1.3}; empty: TLS1.2
   * @param newest the same; empty: TLS1.3
   * @throws IllegalArgumentException with what is wrong
   */
  public static TlsRules of(List<String> suites, String oldest, String newest) {
    if (suites.isEmpty() && oldest.isEmpty() && newest.isEmpty()) {
      return DEFAULT;
    }
    int from = oldest.isEmpty() ? 0 : version(oldest);
    int to = newest.isEmpty() ? VERSIONS.size() - 1 : version(newest);
    if (from > to) {
      throw new IllegalArgumentException(
          "the oldest version of TLS, " + oldest + ", is newer than the newest, " + newest);
    }
    var protocols = VERSIONS.subList(from, to + 1);
    if (suites.isEmpty()) {
      return new TlsRules(protocols, List.of());
    }
    if (!protocols.contains("TLSv1.2")) {
      throw new IllegalArgumentException(
          "cipher suites cannot be chosen where TLS1.2 is not taken");
    }
    return new TlsRules(protocols, known(suites, protocols));
  }

  private static List<String> known(List<String> suites, List<String> protocols) {
    var supported = List.of(supported().getCipherSuites());
    var chosen = new ArrayList<String>();
    for (var suite : suites) {
      var name = SHORT_NAMES.contains(suite) ? suite + "_SHA256" : suite;
      if (!supported.contains(name)) {
        throw new IllegalArgumentException(
            "the cipher suite " + suite + " is not known here; known are " + supported);
      }
      chosen.add(name);
    }
    if (protocols.contains("TLSv1.3")) {
      supported.stream()
          .filter(TlsRules::isOfNewest)
          .filter(suite -> !chosen.contains(suite))
          .forEach(chosen::add);
    }
    return chosen;
  }

  /** The names of TLS 1.3 do not say how keys are exchanged. */
  private static boolean isOfNewest(String suite) {
    return suite.startsWith("TLS_AES_") || suite.startsWith("TLS_CHACHA20_");
  }

  private static int version(String text) {
    int version = List.of("TLS1.2", "TLS1.3").indexOf(text);
    if (version < 0) {
      throw new IllegalArgumentException(
          "the version of TLS must be TLS1.2 or TLS1.3, not \"" + text + "\"");
    }
    return version;
  }

  private static SSLParameters supported() {
    try {
      return SSLContext.getDefault().getSupportedSSLParameters();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no TLS", e);
    }
  }

  /** Puts them into the parameters of a connection. */
  public void into(SSLParameters parameters) {
    if (!protocols.isEmpty()) {
      parameters.setProtocols(protocols.toArray(String[]::new));
    }
    if (!cipherSuites.isEmpty()) {
      parameters.setCipherSuites(cipherSuites.toArray(String[]::new));
    }
  }
}
