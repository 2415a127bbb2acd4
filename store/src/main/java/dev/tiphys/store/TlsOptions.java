package dev.tiphys.store;

import dev.tiphys.daemon.ConfigException;
import dev.tiphys.daemon.tls.TlsRules;
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
