package dev.tiphys.daemon.options;

import dev.tiphys.daemon.ConfigException;
import dev.tiphys.daemon.HealthChecks;
import dev.tiphys.daemon.Metrics;
import dev.tiphys.daemon.StatusServer;
import dev.tiphys.daemon.tls.ServerTls;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/**
 * Where a daemon serves its health and metrics. The port has no default here, for each daemon has
 * its own: its options class sets it before parsing with {@link #ServingOptions(int)}.
 */
public final class ServingOptions {

  private static final Logger log = LoggerFactory.getLogger(ServingOptions.class);

  @Option(
      names = "--bind-address",
      paramLabel = "IP",
      description = "Address to serve health and metrics on. Default: 0.0.0.0.")
  private String bindAddress = "0.0.0.0";

  @Option(
      names = "--secure-port",
      paramLabel = "PORT",
      description = "Port to serve health and metrics on by HTTPS; 0 for not at all.")
  private int securePort;

  @Option(
      names = "--tls-cert-file",
      paramLabel = "FILE",
      description = "Certificate chain of this server, PEM.")
  private @Nullable Path certificate;

  @Option(
      names = "--tls-private-key-file",
      paramLabel = "FILE",
      description = "Private key of --tls-cert-file, PEM.")
  private @Nullable Path privateKey;

  @Option(
      names = "--client-ca-file",
      paramLabel = "FILE",
      description = "Whom this CA signed may read metrics.")
  private @Nullable Path clientCa;

  /** Flags with a daemon's own default port. */
  public ServingOptions(int defaultPort) {
    this.securePort = defaultPort;
  }

  /**
   * Starts to serve, if a port is set. Without a certificate it serves plain HTTP to this machine
   * alone, and says so.
   *
   * @return what to close; does nothing if nothing is served
   * @throws ConfigException if the flags do not fit together or the port cannot be bound
   */
  public AutoCloseable start(HealthChecks health, Metrics metrics) {
    if (securePort < 0 || securePort > 65535) {
      throw ConfigException.flag("--secure-port", "must be between 0 and 65535, not " + securePort);
    }
    if ((certificate == null) != (privateKey == null)) {
      throw ConfigException.flag(
          "--tls-cert-file", "goes together with --tls-private-key-file; give both or neither");
    }
    if (securePort == 0) {
      return () -> {};
    }
    if (certificate == null || privateKey == null) {
      log.warn(
          "event=serving-plain port={} address=127.0.0.1 cause=\"no --tls-cert-file\"", securePort);
      return StatusServer.start(
          new InetSocketAddress("127.0.0.1", securePort), null, health, metrics);
    }
    return StatusServer.start(
        new InetSocketAddress(bindAddress, securePort),
        ServerTls.fromFiles(certificate, privateKey, clientCa),
        health,
        metrics);
  }
}
