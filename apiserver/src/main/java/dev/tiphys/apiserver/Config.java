package dev.tiphys.apiserver;

import dev.tiphys.apiserver.authn.RequestHeaders;
import dev.tiphys.apiserver.http.TlsFiles;
import dev.tiphys.apiserver.kubelet.KubeletConfig;
import dev.tiphys.apiserver.storage.StoreConfig;
import dev.tiphys.apiserver.strategy.allocation.PortRange;
import dev.tiphys.apiserver.strategy.allocation.ServiceRanges;
import dev.tiphys.daemon.ConfigException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the flags say, checked.
 *
 * @param store where objects are kept
 * @param address to listen on
 * @param advertised address under which the cluster reaches this server
 * @param tls of this server
 * @param requestHeaders how proxies in front of the server name users; null if there are none
 * @param sharesEndpoints whether this server keeps the endpoints of the service kubernetes
 * @param serviceAccounts how service account tokens are issued and verified
 * @param serviceRanges addresses of services, of one family or of both
 * @param nodePorts ports of services on nodes
 * @param kubelets how to reach kubelets
 * @param audit null if nothing is audited: a policy and somewhere to go are needed
 * @param proxyCertificate by which servers behind an APIService know us, with its key
 * @param versions of the API that are served
 */
record Config(
    StoreConfig store,
    InetSocketAddress address,
    InetAddress advertised,
    TlsFiles tls,
    @Nullable RequestHeaders requestHeaders,
    boolean sharesEndpoints,
    AuthenticationConfig authentication,
    AuthorizationConfig authorization,
    ServiceAccounts serviceAccounts,
    ServiceRanges serviceRanges,
    PortRange nodePorts,
    KubeletConfig kubelets,
    Duration eventTtl,
    AdmissionConfig admission,
    @Nullable AuditConfig audit,
    Inflight inflight,
    ServedVersions versions,
    @Nullable Path proxyCertificate,
    @Nullable Path proxyKey) {

  /**
   * How many requests are worked on at once; 0 for no bound.
   *
   * @param fair whether flow schemas and priority levels divide the sum
   */
  record Inflight(int reading, int writing, boolean fair) {

    int all() {
      return reading + writing;
    }
  }

  /**
   * How service account tokens are issued and verified.
   *
   * @param issuer empty if none is set; no tokens are issued or accepted then
   */
  record ServiceAccounts(
      String issuer,
      List<Path> keys,
      @Nullable Path signingKey,
      List<String> audiences,
      @Nullable String jwksUri,
      @Nullable Duration maxExpiration) {}

  /**
   * Checks the flags.
   *
   * @throws ConfigException that names the flag that is wrong
   */
  static Config of(Options options) {
    if (options.etcdServers.isEmpty()) {
      throw ConfigException.flag("--etcd-servers", "must name at least one server");
    }
    if (options.securePort < 0 || options.securePort > 65535) {
      throw ConfigException.flag(
          "--secure-port", "must be between 0 and 65535, not " + options.securePort);
    }
    Path certificate = options.tlsCertificate;
    Path key = options.tlsKey;
    if (certificate == null || key == null) {
      throw ConfigException.flag(
          "--tls-cert-file",
          "must be given, with --tls-private-key-file: the API is served over TLS only");
    }
    together("--etcd-certfile", options.etcdCertificate, "--etcd-keyfile", options.etcdKey);
    together(
        "--kubelet-client-certificate",
        options.kubeletCertificate,
        "--kubelet-client-key",
        options.kubeletKey);
    together(
        "--proxy-client-cert-file",
        options.proxyCertificate,
        "--proxy-client-key-file",
        options.proxyKey);
    ServiceRanges serviceRanges =
        range(
            "--service-cluster-ip-range",
            ServiceRanges::parse,
            options.serviceRanges.isEmpty()
                ? "10.0.0.0/24"
                : String.join(",", options.serviceRanges));
    return new Config(
        new StoreConfig(
            options.etcdServers.stream().map(Config::server).toList(),
            options.etcdCa,
            options.etcdCertificate,
            options.etcdKey,
            options.etcdPrefix,
            notNegative("--etcd-compaction-interval", options.etcdCompactionInterval)),
        new InetSocketAddress(ip("--bind-address", options.bindAddress), options.securePort),
        advertised(options, serviceRanges.primary().v6()),
        new TlsFiles(certificate, key, options.clientCa, options.proxyCa),
        requestHeaders(options),
        sharesEndpoints(options.endpointReconciler),
        AuthenticationConfig.of(options),
        AuthorizationConfig.of(options.authorizationModes, options.authorization),
        serviceAccounts(options),
        serviceRanges,
        range("--service-node-port-range", PortRange::parse, options.nodePortRange),
        new KubeletConfig(
            options.kubeletCertificate,
            options.kubeletKey,
            options.kubeletCa,
            options.kubeletAddressTypes.isEmpty()
                ? KubeletConfig.DEFAULT_ADDRESS_TYPES
                : options.kubeletAddressTypes),
        options.eventTtl,
        AdmissionConfig.of(options),
        AuditConfig.of(options),
        new Inflight(
            notNegative("--max-requests-inflight", options.maxRequests),
            notNegative("--max-mutating-requests-inflight", options.maxMutatingRequests),
            options.fairness),
        ServedVersions.of(options.runtimeConfig),
        options.proxyCertificate,
        options.proxyKey);
  }

  private static @Nullable RequestHeaders requestHeaders(Options options) {
    Path authority = options.proxyCa;
    return authority == null
        ? null
        : new RequestHeaders(
            authority,
            options.proxyNames,
            options.proxyUserHeaders,
            options.proxyUidHeaders,
            options.proxyGroupHeaders,
            options.proxyExtraPrefixes);
  }

  private static boolean sharesEndpoints(String reconciler) {
    if (!Set.of("lease", "none").contains(reconciler)) {
      throw ConfigException.flag(
          "--endpoint-reconciler-type", "must be lease or none, not \"" + reconciler + "\"");
    }
    return reconciler.equals("lease");
  }

  private static int notNegative(String flag, int value) {
    if (value < 0) {
      throw ConfigException.flag(flag, "must not be negative, as " + value + " is");
    }
    return value;
  }

  private static Duration notNegative(String flag, Duration value) {
    if (value.isNegative()) {
      throw ConfigException.flag(flag, "must not be negative; 0 leaves it to others");
    }
    return value;
  }

  private static URI server(String text) {
    try {
      URI uri = URI.create(text.contains("://") ? text : "http://" + text);
      if (uri.getHost() != null && Set.of("http", "https").contains(uri.getScheme())) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      throw new ConfigException("--etcd-servers: not a URL: " + text, e);
    }
    throw ConfigException.flag("--etcd-servers", "not an http or https URL: " + text);
  }

  private static void together(
      String one, @Nullable Path first, String other, @Nullable Path second) {
    if ((first == null) != (second == null)) {
      throw ConfigException.flag(one, "goes together with " + other + "; give both or neither");
    }
  }

  private static InetAddress ip(String flag, String text) {
    try {
      if (text.matches("[0-9.]+|[0-9a-fA-F:.]+")) {
        return InetAddress.getByName(text);
      }
    } catch (UnknownHostException e) {
      throw new ConfigException(flag + ": not an IP address: " + text, e);
    }
    throw ConfigException.flag(flag, "not an IP address: " + text);
  }

  /** The service kubernetes has one address, so what is behind it must be of the same family. */
  private static InetAddress advertised(Options options, boolean v6) {
    InetAddress address = advertised(options.advertiseAddress, options.bindAddress, v6);
    if (sharesEndpoints(options.endpointReconciler) && (address.getAddress().length == 16) != v6) {
      throw ConfigException.flag(
          "--advertise-address",
          "service IP family of --service-cluster-ip-range must match public address family of "
              + address.getHostAddress());
    }
    return address;
  }

  private static InetAddress advertised(@Nullable String said, String bind, boolean v6) {
    if (said != null && !said.isEmpty()) {
      return ip("--advertise-address", said);
    }
    InetAddress bound = ip("--bind-address", bind);
    if (!bound.isAnyLocalAddress()) {
      return bound;
    }
    try {
      return NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .filter(a -> !a.isLoopbackAddress() && !a.isLinkLocalAddress())
          .filter(a -> (a.getAddress().length == 16) == v6)
          .findFirst()
          .orElse(ip("--advertise-address", v6 ? "::1" : "127.0.0.1"));
    } catch (SocketException e) {
      throw new ConfigException(
          "--advertise-address: give it, for the machine's addresses cannot be read", e);
    }
  }

  private static ServiceAccounts serviceAccounts(Options options) {
    String issuer =
        options.serviceAccountIssuers.isEmpty() ? "" : options.serviceAccountIssuers.getFirst();
    if (issuer.isEmpty() && options.serviceAccountSigningKey != null) {
      throw ConfigException.flag(
          "--service-account-issuer", "is needed with --service-account-signing-key-file");
    }
    List<String> audiences =
        !options.apiAudiences.isEmpty()
            ? options.apiAudiences
            : issuer.isEmpty() ? List.of() : List.of(issuer);
    return new ServiceAccounts(
        issuer,
        List.copyOf(options.serviceAccountKeys),
        options.serviceAccountSigningKey,
        List.copyOf(audiences),
        options.serviceAccountJwksUri,
        options.maxTokenExpiration);
  }

  private static <T> T range(String flag, Function<String, T> parser, String text) {
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(flag + ": " + e.getMessage(), e);
    }
  }
}
