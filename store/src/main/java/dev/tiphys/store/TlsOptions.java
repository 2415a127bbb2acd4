package dev.tiphys.store;

import dev.tiphys.daemon.ConfigException;
import dev.tiphys.daemon.tls.CallerAddress;
import dev.tiphys.daemon.tls.CertificateNames;
import dev.tiphys.daemon.tls.TlsRules;
import dev.tiphys.store.peer.PeerTls;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Flags that say how TLS is spoken, at client and at peer URLs. */
final class TlsOptions {
  @Option(
      names = "--cipher-suites",
      split = ",",
      description = "Cipher suites of TLS 1.2 that are taken. Default: those of the platform.")
  List<String> cipherSuites = List.of();

  @Option(
      names = "--tls-min-version",
      description = "Oldest version of TLS that is taken, TLS1.2 or TLS1.3. Default: TLS1.2.")
  String oldest = "";

  @Option(
      names = "--tls-max-version",
      description = "Newest version of TLS that is taken, TLS1.2 or TLS1.3. Default: TLS1.3.")
  String newest = "";

  @Option(
      names = "--client-crl-file",
      description = "List of clients' certificates that are revoked; read at every connection.")
  @Nullable Path clientRevoked;

  @Option(
      names = "--peer-crl-file",
      description = "List of members' certificates that are revoked; read at every connection.")
  @Nullable Path peerRevoked;

  @Option(
      names = "--peer-cert-allowed-cn",
      split = ",",
      description = "Common names that members' certificates must have one of. Default: any.")
  List<String> peerNames = List.of();

  @Option(
      names = "--peer-cert-allowed-hostname",
      split = ",",
      description =
          "Hosts of which a member's certificate must be good for one; not beside"
              + " --peer-cert-allowed-cn. Default: any.")
  List<String> peerHosts = List.of();

  @Option(
      names = "--client-cert-allowed-hostname",
      split = ",",
      description = "Hosts of which a client's certificate must be good for one. Default: any.")
  List<String> clientHosts = List.of();

  @Option(
      names = "--peer-client-cert-file",
      description = "Certificate shown when calling other members. Default: --peer-cert-file.")
  @Nullable Path peerCallingCertificate;

  @Option(names = "--peer-client-key-file", description = "Key of --peer-client-cert-file.")
  @Nullable Path peerCallingKey;

  @Option(
      names = {
        "--peer-skip-client-san-verification",
        "--experimental-peer-skip-client-san-verification"
      },
      arity = "0..1",
      fallbackValue = "true",
      description =
          "Take a member's certificate from whatever address the member calls, not only from those"
              + " that the certificate is of.")
  boolean fromAnywhere;

  /**
   * Whom members' certificates may be of.
   *
   * @param ca who signs them; without it nobody's is looked at
   * @throws ConfigException when it would not be kept
   */
  CertificateNames peerNames(@Nullable Path ca) {
    var names = new CertificateNames(peerNames, peerHosts);
    if (!names.commonNames().isEmpty() && !names.hosts().isEmpty()) {
      throw ConfigException.flag(
          "--peer-cert-allowed-hostname",
          "excludes --peer-cert-allowed-cn: leave out one of the two");
    }
    if (!names.isAny() && ca == null) {
      throw ConfigException.flag(
          names.hosts().isEmpty() ? "--peer-cert-allowed-cn" : "--peer-cert-allowed-hostname",
          "needs --peer-trusted-ca-file");
    }
    return names;
  }

  /** From where members may call. */
  CallerAddress peerCallers() {
    return fromAnywhere ? CallerAddress.ANY : CallerAddress.AS_CERTIFIED;
  }

  /** As {@link #peerNames}, of clients' certificates. */
  CertificateNames clientNames(@Nullable Path ca) {
    var names = new CertificateNames(List.of(), clientHosts);
    if (!names.isAny() && ca == null) {
      throw ConfigException.flag("--client-cert-allowed-hostname", "needs --trusted-ca-file");
    }
    return names;
  }

  /**
   * What this member shows when it calls others; null: the same as when it is called.
   *
   * @throws ConfigException when there is only one half of it
   */
  PeerTls.@Nullable Pair peerCalling() {
    if (peerCallingCertificate == null && peerCallingKey == null) {
      return null;
    }
    if (peerCallingCertificate == null || peerCallingKey == null) {
      throw ConfigException.flag(
          peerCallingCertificate == null ? "--peer-client-cert-file" : "--peer-client-key-file",
          "is needed beside the other one");
    }
    return new PeerTls.Pair(peerCallingCertificate, peerCallingKey);
  }

  /**
   * What they say.
   *
   * @throws ConfigException when it cannot be kept
   */
  TlsRules rules() {
    try {
      return TlsRules.of(
          cipherSuites.stream().filter(suite -> !suite.isBlank()).toList(), oldest, newest);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          "--cipher-suites, --tls-min-version, --tls-max-version: " + e.getMessage(), e);
    }
  }
}
