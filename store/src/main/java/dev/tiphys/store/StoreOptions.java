package dev.tiphys.store;

import dev.tiphys.daemon.ConfigException;
import dev.tiphys.daemon.DaemonOptions;
import dev.tiphys.daemon.options.DurationConverter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The flags, named as etcd names them. */
@Command(
    description = "Stores keys and values for a cluster and serves them as the etcd v3 gRPC API.",
    sortOptions = false)
final class StoreOptions extends DaemonOptions {
  @Option(
      names = "--name",
      defaultValue = "default",
      description = "Name of this member. Default: ${DEFAULT-VALUE}.")
  String name = "default";

  @Option(names = "--data-dir", description = "Where everything is kept. Default: NAME.etcd.")
  @Nullable Path dataDir;

  @Option(
      names = "--listen-client-urls",
      split = ",",
      defaultValue = "http://localhost:2379",
      description = "Where clients are served. Default: ${DEFAULT-VALUE}.")
  List<String> listenClientUrls = List.of();

  @Option(
      names = "--advertise-client-urls",
      split = ",",
      description = "Where clients are told to come. Default: as --listen-client-urls.")
  @Nullable List<String> advertiseClientUrls;

  @Option(
      names = "--listen-peer-urls",
      split = ",",
      defaultValue = "http://localhost:2380",
      description = "Where other members are served. Default: ${DEFAULT-VALUE}.")
  List<String> listenPeerUrls = List.of();

  @Option(
      names = "--initial-advertise-peer-urls",
      split = ",",
      description = "Where other members are told to come. Default: as --listen-peer-urls.")
  @Nullable List<String> initialAdvertisePeerUrls;

  @Option(
      names = "--initial-cluster",
      split = ",",
      description = "All members, as NAME=URL. Default: this one only.")
  @Nullable List<String> initialCluster;

  @Option(
      names = "--initial-cluster-state",
      defaultValue = "new",
      description = "new or existing. Default: ${DEFAULT-VALUE}.")
  String initialClusterState = "new";

  @Option(
      names = "--initial-cluster-token",
      defaultValue = "etcd-cluster",
      description = "Tells clusters apart that share machines. Default: ${DEFAULT-VALUE}.")
  String initialClusterToken = "etcd-cluster";

  @Option(
      names = "--force-new-cluster",
      arity = "0..1",
      fallbackValue = "true",
      description =
          "Make a new cluster of what this member has, without the others, which are lost. For one"
              + " start only.")
  boolean forceNewCluster;

  @Option(names = "--cert-file", description = "Certificate for the client URLs, PEM.")
  @Nullable Path certFile;

  @Option(names = "--key-file", description = "Key of --cert-file, PEM.")
  @Nullable Path keyFile;

  @Option(
      names = "--trusted-ca-file",
      description = "CA that signs clients' certificates, PEM. Clients must then show one.")
  @Nullable Path trustedCaFile;

  @Option(
      names = "--client-cert-auth",
      arity = "0..1",
      fallbackValue = "true",
      description = "Ask clients for a certificate; needs --trusted-ca-file.")
  boolean clientCertAuth;

  @Option(names = "--peer-cert-file", description = "Certificate for the peer URLs, PEM.")
  @Nullable Path peerCertFile;

  @Option(names = "--peer-key-file", description = "Key of --peer-cert-file, PEM.")
  @Nullable Path peerKeyFile;

  @Option(names = "--peer-trusted-ca-file", description = "CA that signs members' certificates.")
  @Nullable Path peerTrustedCaFile;

  @Option(
      names = "--peer-client-cert-auth",
      arity = "0..1",
      fallbackValue = "true",
      description = "Ask members for a certificate; needs --peer-trusted-ca-file.")
  boolean peerClientCertAuth;

  @Option(
      names = "--listen-metrics-urls",
      split = ",",
      description = "Where /health, /livez, /readyz, /metrics and /version are served.")
  @Nullable List<String> listenMetricsUrls;

  @Option(
      names = "--auto-compaction-mode",
      defaultValue = "periodic",
      description = "periodic or revision. Default: ${DEFAULT-VALUE}.")
  String autoCompactionMode = "periodic";

  @Option(
      names = "--auto-compaction-retention",
      defaultValue = "0",
      description =
          "History kept: hours or a duration when periodic, a count when revision; 0: all."
              + " Default: ${DEFAULT-VALUE}.")
  String autoCompactionRetention = "0";

  @Option(
      names = "--quota-backend-bytes",
      defaultValue = "0",
      description =
          "Bytes on disk past which writes are refused; 0: 2 GB. Default: ${DEFAULT-VALUE}.")
  long quotaBackendBytes;

  @Option(
      names = "--disk-reserve-bytes",
      description =
          "Room kept back in the data directory, so that a full disk still takes deletions and"
              + " compactions; 0: none. Default: ${DEFAULT-VALUE}.")
  long diskReserveBytes = Limits.RESERVE_BYTES;

  @Option(
      names = "--snapshot-count",
      defaultValue = "1000",
      description =
          "Raft entries after which the Raft log is cut; more than 2000 count as 2000. Default:"
              + " ${DEFAULT-VALUE}.")
  long snapshotCount;

  @Option(
      names = "--max-request-bytes",
      defaultValue = "1572864",
      description = "Largest request, up to 60 MiB. Default: ${DEFAULT-VALUE}.")
  int maxRequestBytes;

  @Option(
      names = "--max-txn-ops",
      defaultValue = "128",
      description = "Most operations in a transaction. Default: ${DEFAULT-VALUE}.")
  int maxTxnOps;

  @Option(
      names = "--strict-reconfig-check",
      arity = "0..1",
      defaultValue = "true",
      fallbackValue = "true",
      description =
          "Refuse changes of members by which those that answer might lose their majority."
              + " Default: ${DEFAULT-VALUE}.")
  boolean strictReconfigCheck;

  @Option(
      names = {"--max-learners", "--experimental-max-learners"},
      defaultValue = "1",
      description = "Most members without a vote. Default: ${DEFAULT-VALUE}.")
  int maxLearners;

  @Option(
      names = "--heartbeat-interval",
      description =
          "Milliseconds between a leader's signs of life, a fifth of --election-timeout at most."
              + " Default: a quarter of --election-timeout.")
  @Nullable Integer heartbeatInterval;

  @Option(
      names = "--election-timeout",
      defaultValue = "1000",
      description =
          "Milliseconds of silence after which there is an election; half of it is enough by chance."
              + " Default: ${DEFAULT-VALUE}.")
  int electionTimeout;

  @Option(
      names = "--auth-token",
      defaultValue = "simple",
      description =
          "How users prove who they are after they gave their password: simple, or jwt with its"
              + " options: jwt,pub-key=FILE,priv-key=FILE,sign-method=RS256,ttl=10m."
              + " Default: ${DEFAULT-VALUE}.")
  String authToken = "simple";

  @Option(
      names = "--auth-token-ttl",
      defaultValue = "300",
      description = "Seconds that an unused simple token lives. Default: ${DEFAULT-VALUE}.")
  int authTokenTtl;

  @Option(
      names = "--bcrypt-cost",
      defaultValue = "10",
      description = "Cost of hashing passwords, 4 to 31. Default: ${DEFAULT-VALUE}.")
  int bcryptCost;

  @Option(
      names = "--metrics",
      defaultValue = "basic",
      description = "basic; or extensive, which times every call. Default: ${DEFAULT-VALUE}.")
  String metrics = "basic";

  @Option(
      names = "--log-level",
      description =
          "Least level that is logged: debug, info, warn, error, panic or fatal. Default: as -v"
              + " says.")
  @Nullable String logLevel;

  /**
   * What --log-level says; empty without it.
   *
   * @throws ConfigException when it is no level of etcd's
   */
  Optional<Level> level() {
    return Optional.ofNullable(logLevel)
        .map(text ->
            switch (text) {
              case "debug" -> Level.DEBUG;
              case "info" -> Level.INFO;
              case "warn" -> Level.WARN;
              case "error", "dpanic", "panic", "fatal" -> Level.ERROR;
              default ->
                  throw ConfigException.flag(
                      "--log-level",
                      "must be debug, info, warn, error, panic or fatal, not " + text);
            });
  }

  @Option(
      names = "--config-file",
      description =
          "File with all flags, in YAML, by etcd's keys; all other flags are then ignored.")
  @Nullable Path configFile;

  @Option(
      names = "--unsafe-no-fsync",
      arity = "0..1",
      fallbackValue = "true",
      description = "FOR TESTS: never wait for the disk. A power cut then loses what was answered.")
  boolean unsafeNoFsync;

  @Mixin TlsOptions tls = new TlsOptions();

  @Mixin FrontOptions front = new FrontOptions();

  @Mixin HttpOptions http = new HttpOptions();

  @Mixin CheckOptions checks = new CheckOptions();

  @Option(
      names = {"--watch-progress-notify-interval", "--experimental-watch-progress-notify-interval"},
      defaultValue = "10m",
      converter = DurationConverter.class,
      description = "Longest silence on a watch that asks for progress. Default: ${DEFAULT-VALUE}.")
  Duration watchProgressNotifyInterval = Duration.ofMinutes(10);
}
