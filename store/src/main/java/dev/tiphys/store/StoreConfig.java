package dev.tiphys.store;

import dev.tiphys.daemon.ConfigException;
import dev.tiphys.daemon.GoDuration;
import dev.tiphys.daemon.tls.CertificateNames;
import dev.tiphys.daemon.tls.TlsRules;
import dev.tiphys.store.peer.PeerServer;
import dev.tiphys.store.peer.PeerTls;
import dev.tiphys.store.peer.PeerUrl;
import dev.tiphys.store.raft.Member;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a member is told at its start, checked. All lists are immutable.
 *
 * @param initialMembers all members of a new cluster with their numbers; this one among them
 * @param synced false where the disk is never waited for
 * @param timedCalls whether metrics tell how long calls take
 * @param existingCluster this member was added to the cluster that the others are
 * @param heartbeat how often a leader speaks; empty: a quarter of the election timeout
 */
record StoreConfig(
    String name,
    Path dataDir,
    List<Endpoint> clientListeners,
    List<String> advertiseClientUrls,
    List<PeerServer.Address> peerListeners,
    Optional<PeerTls> peerTls,
    List<String> peerUrls,
    List<Member> initialMembers,
    boolean existingCluster,
    boolean forceNewCluster,
    String clusterToken,
    Optional<Tls> clientTls,
    FrontOptions.Front front,
    HttpRules http,
    List<Endpoint> metricsListeners,
    Compaction compaction,
    long quotaBytes,
    long reserveBytes,
    long snapshotEntries,
    int maxRequestBytes,
    int maxTxnOps,
    boolean strictReconfigCheck,
    int maxLearners,
    Optional<Duration> heartbeat,
    Duration election,
    Duration progressInterval,
    AuthConfig auth,
    CheckOptions.Checks checks,
    boolean synced,
    boolean timedCalls) {

  private static final long DEFAULT_QUOTA_BYTES = 2L << 30;
  private static final int ETCD_HEARTBEAT_MILLIS = 100;

  /** A URL to listen at. */
  record Endpoint(InetSocketAddress address, boolean tls) {}

  /**
   * Certificate files.
   *
   * @param clientCa when given, clients must show a certificate that it signed
   * @param revoked a list of clients' certificates that do not count any more
   * @param names whom a client's certificate may be of
   * @param rules versions and cipher suites
   */
  record Tls(
      Path certificate,
      Path key,
      @Nullable Path clientCa,
      @Nullable Path revoked,
      CertificateNames names,
      TlsRules rules) {}

  /** How much history is kept without anybody asking. */
  sealed interface Compaction {
    /** All of it. */
    record Off() implements Compaction {}

    /** What is younger. */
    record Periodic(Duration retention) implements Compaction {}

    /** So many revisions. */
    record Revisions(long retention) implements Compaction {}
  }

  /**
   * Checks the flags.
   *
   * @throws ConfigException naming the flag
   */
  static StoreConfig of(StoreOptions o) {
    if (o.name.isBlank()) {
      throw ConfigException.flag("--name", "must not be empty");
    }
    var clientListeners = endpoints("--listen-client-urls", o.listenClientUrls);
    var tls = clientTls(o, clientListeners);
    var peerUrls =
        o.initialAdvertisePeerUrls == null ? o.listenPeerUrls : o.initialAdvertisePeerUrls;
    var peerTls = peerTls(o);
    var peerListeners = endpoints("--listen-peer-urls", o.listenPeerUrls);
    if (peerTls.isEmpty() && peerListeners.stream().anyMatch(Endpoint::tls)) {
      throw ConfigException.flag(
          "--listen-peer-urls",
          "has an https URL, which needs --peer-cert-file and --peer-key-file");
    }
    endpoints("--initial-advertise-peer-urls", peerUrls);
    var members = members(o, peerUrls);
    if (!o.initialClusterState.equals("new") && !o.initialClusterState.equals("existing")) {
      throw ConfigException.flag(
          "--initial-cluster-state", "must be new or existing, not " + o.initialClusterState);
    }
    var metricsListeners =
        o.listenMetricsUrls == null
            ? List.<Endpoint>of()
            : endpoints("--listen-metrics-urls", o.listenMetricsUrls);
    if (tls.isEmpty() && metricsListeners.stream().anyMatch(Endpoint::tls)) {
      throw ConfigException.flag(
          "--listen-metrics-urls", "has an https URL, which needs --cert-file and --key-file");
    }
    return new StoreConfig(
        o.name,
        o.dataDir == null ? Path.of(o.name + ".etcd") : o.dataDir,
        clientListeners,
        List.copyOf(o.advertiseClientUrls == null ? o.listenClientUrls : o.advertiseClientUrls),
        peerListeners.stream().map(e -> new PeerServer.Address(e.address(), e.tls())).toList(),
        peerTls,
        // What the others were told of this member is what it says of itself.
        members.stream()
            .filter(member -> member.name().equals(o.name))
            .findFirst()
            .orElseThrow()
            .peerUrls(),
        members,
        o.initialClusterState.equals("existing"),
        o.forceNewCluster,
        o.initialClusterToken,
        tls,
        o.front.front(),
        o.http.rules(),
        metricsListeners,
        compaction(o),
        o.quotaBackendBytes == 0 ? DEFAULT_QUOTA_BYTES : o.quotaBackendBytes,
        reserve(o),
        positive("--snapshot-count", o.snapshotCount),
        maxRequest(o),
        (int) positive("--max-txn-ops", o.maxTxnOps),
        o.strictReconfigCheck,
        (int) positive("--max-learners", o.maxLearners),
        heartbeat(o),
        election(o),
        o.watchProgressNotifyInterval,
        AuthConfig.of(o),
        o.checks.checks(),
        !o.unsafeNoFsync,
        timedCalls(o.metrics));
  }

  private static Optional<Duration> heartbeat(StoreOptions o) {
    return o.heartbeatInterval == null
        ? Optional.empty()
        : Optional.of(Duration.ofMillis(positive("--heartbeat-interval", o.heartbeatInterval)));
  }

  private static Duration election(StoreOptions o) {
    int heartbeat = o.heartbeatInterval == null ? ETCD_HEARTBEAT_MILLIS : o.heartbeatInterval;
    if (o.electionTimeout < 5 * heartbeat) {
      throw ConfigException.flag(
          "--election-timeout",
          "must be at least five times --heartbeat-interval ("
              + heartbeat
              + "), not "
              + o.electionTimeout);
    }
    return Duration.ofMillis(o.electionTimeout);
  }

  private static int maxRequest(StoreOptions o) {
    if (o.maxRequestBytes > Limits.MAX_REQUEST_BYTES) {
      throw ConfigException.flag(
          "--max-request-bytes",
          "must not be more than "
              + Limits.MAX_REQUEST_BYTES
              + ", for members could not pass on a larger one, not "
              + o.maxRequestBytes);
    }
    return (int) positive("--max-request-bytes", o.maxRequestBytes);
  }

  private static boolean timedCalls(String metrics) {
    return switch (metrics) {
      case "basic" -> false;
      case "extensive" -> true;
      default ->
          throw ConfigException.flag("--metrics", "must be basic or extensive, not " + metrics);
    };
  }

  private static long positive(String flag, long value) {
    if (value <= 0) {
      throw ConfigException.flag(flag, "must be positive, not " + value);
    }
    return value;
  }

  private static List<Endpoint> endpoints(String flag, List<String> urls) {
    var endpoints = new ArrayList<Endpoint>();
    for (var text : urls) {
      try {
        var url = new URI(text);
        boolean tls = "https".equals(url.getScheme());
        boolean plain = "http".equals(url.getScheme());
        if (url.getHost() == null || url.getPort() < 0 || !(tls || plain)) {
          throw ConfigException.flag(
              flag, "must be URLs as https://127.0.0.1:2379, not \"" + text + "\"");
        }
        endpoints.add(new Endpoint(new InetSocketAddress(url.getHost(), url.getPort()), tls));
      } catch (URISyntaxException e) {
        throw ConfigException.flag(flag, "\"" + text + "\" is not a URL: " + e.getReason());
      }
    }
    return List.copyOf(endpoints);
  }

  private static Optional<Tls> clientTls(StoreOptions o, List<Endpoint> listeners) {
    if (o.clientCertAuth && o.trustedCaFile == null) {
      throw ConfigException.flag("--client-cert-auth", "needs --trusted-ca-file");
    }
    if (o.tls.clientRevoked != null && o.trustedCaFile == null) {
      throw ConfigException.flag("--client-crl-file", "needs --trusted-ca-file");
    }
    var names = o.tls.clientNames(o.trustedCaFile);
    if (o.certFile == null && o.keyFile == null) {
      if (listeners.stream().anyMatch(Endpoint::tls)) {
        throw ConfigException.flag(
            "--listen-client-urls", "has an https URL, which needs --cert-file and --key-file");
      }
      return Optional.empty();
    }
    if (o.certFile == null || o.keyFile == null) {
      throw ConfigException.flag(
          o.certFile == null ? "--cert-file" : "--key-file", "is needed beside the other one");
    }
    return Optional.of(
        new Tls(o.certFile, o.keyFile, o.trustedCaFile, o.tls.clientRevoked, names, o.tls.rules()));
  }

  private static Optional<PeerTls> peerTls(StoreOptions o) {
    if (o.peerClientCertAuth && o.peerTrustedCaFile == null) {
      throw ConfigException.flag("--peer-client-cert-auth", "needs --peer-trusted-ca-file");
    }
    if (o.tls.peerRevoked != null && o.peerTrustedCaFile == null) {
      throw ConfigException.flag("--peer-crl-file", "needs --peer-trusted-ca-file");
    }
    var names = o.tls.peerNames(o.peerTrustedCaFile);
    var calling = o.tls.peerCalling();
    if (o.peerCertFile == null && o.peerKeyFile == null) {
      if (calling != null) {
        throw ConfigException.flag("--peer-client-cert-file", "needs --peer-cert-file");
      }
      return Optional.empty();
    }
    if (o.peerCertFile == null || o.peerKeyFile == null) {
      throw ConfigException.flag(
          o.peerCertFile == null ? "--peer-cert-file" : "--peer-key-file",
          "is needed beside the other one");
    }
    return Optional.of(
        new PeerTls(
            o.peerCertFile,
            o.peerKeyFile,
            calling,
            o.peerTrustedCaFile,
            o.tls.peerRevoked,
            names,
            o.tls.peerCallers(),
            o.tls.rules()));
  }

  private static long reserve(StoreOptions o) {
    if (o.diskReserveBytes < 0) {
      throw ConfigException.flag("--disk-reserve-bytes", "must not be negative");
    }
    return o.diskReserveBytes;
  }

  private static Compaction compaction(StoreOptions o) {
    var text = o.autoCompactionRetention;
    try {
      switch (o.autoCompactionMode) {
        case "revision" -> {
          long count = Long.parseLong(text);
          return count <= 0 ? new Compaction.Off() : new Compaction.Revisions(count);
        }
        case "periodic" -> {
          // A bare number counts hours.
          var retention =
              text.chars().allMatch(Character::isDigit)
                  ? Duration.ofHours(Long.parseLong(text))
                  : GoDuration.parse(text)
                      .orElseThrow(() -> new NumberFormatException("not a duration"));
          return retention.isZero() ? new Compaction.Off() : new Compaction.Periodic(retention);
        }
        default ->
            throw ConfigException.flag(
                "--auto-compaction-mode",
                "must be periodic or revision, not " + o.autoCompactionMode);
      }
    } catch (NumberFormatException e) {
      throw ConfigException.flag(
          "--auto-compaction-retention", "is not a number or duration: \"" + text + "\"");
    }
  }

  private static List<Member> members(StoreOptions o, List<String> peerUrls) {
    if (o.initialCluster == null) {
      return List.of(Identity.member(o.name, peerUrls, o.initialClusterToken));
    }
    var urls = new LinkedHashMap<String, List<String>>();
    for (var entry : o.initialCluster) {
      int equals = entry.indexOf('=');
      if (equals <= 0) {
        throw ConfigException.flag(
            "--initial-cluster", "must list NAME=URL, not \"" + entry + "\"");
      }
      var url = entry.substring(equals + 1);
      if (PeerUrl.parse(url).isEmpty()) {
        throw ConfigException.flag(
            "--initial-cluster", "must list URLs as http://10.0.0.1:2380, not \"" + url + "\"");
      }
      urls.computeIfAbsent(entry.substring(0, equals), _ -> new ArrayList<>()).add(url);
    }
    if (!urls.containsKey(o.name)) {
      throw ConfigException.flag(
          "--initial-cluster", "does not list this member, --name " + o.name);
    }
    var members = new ArrayList<Member>();
    urls.forEach((name, list) -> members.add(Identity.member(name, list, o.initialClusterToken)));
    return List.copyOf(members);
  }
}
