package dev.tiphys.kubelet;

import dev.tiphys.api.core.v1.Taint;
import dev.tiphys.api.value.Quantity;
import dev.tiphys.daemon.ComponentConfig;
import dev.tiphys.daemon.ConfigException;
import dev.tiphys.daemon.HostName;
import dev.tiphys.daemon.Version;
import dev.tiphys.kubelet.logs.LogQuota;
import dev.tiphys.kubelet.node.NodeSettings;
import dev.tiphys.kubelet.runtime.PodDns;
import dev.tiphys.kubelet.runtime.RuntimeSettings;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes a validated {@link KubeletConfig} of flags and file. */
final class KubeletSettings {

  private static final String KIND = "KubeletConfiguration";
  private static final String DEFAULT_ENDPOINT = "unix:///run/containerd/containerd.sock";

  /** An address of nobody (RFC 5737), reached by the default route. */
  private static final String ELSEWHERE = "198.51.100.1";

  private static final int DEFAULT_PORT = 10250;
  private static final int DEFAULT_HEALTH_PORT = 10248;
  private static final int DEFAULT_MAX_PODS = 110;

  private final KubeletOptions options;
  private final ComponentConfig file;
  private final long memoryBytes;

  private KubeletSettings(KubeletOptions options, long memoryBytes) {
    this.options = options;
    this.memoryBytes = memoryBytes;
    this.file =
        options.config == null
            ? ComponentConfig.empty()
            : ComponentConfig.read(options.config, KIND);
  }

  /**
   * Reads and checks everything.
   *
   * @param memoryBytes the node's memory
   * @throws ConfigException naming the flag or field that is wrong
   */
  static KubeletConfig validated(KubeletOptions options, long memoryBytes) {
    return new KubeletSettings(options, memoryBytes).build();
  }

  private KubeletConfig build() {
    if (options.kubeconfig == null) {
      throw ConfigException.flag("--kubeconfig", "is required to reach the API server");
    }
    String domain = pick(options.clusterDomain, file.string("clusterDomain")).orElse("");
    List<String> dns =
        options.clusterDns.isEmpty() ? file.strings("clusterDNS") : options.clusterDns;
    String driver = file.string("cgroupDriver").orElse("cgroupfs");
    if (!driver.equals("cgroupfs")) {
      throw ConfigException.flag("--config", "cgroupDriver must be cgroupfs, not " + driver);
    }
    return new KubeletConfig(
        options.kubeconfig,
        pick(options.runtimeEndpoint, file.string("containerRuntimeEndpoint"))
            .orElse(DEFAULT_ENDPOINT),
        options.rootDirectory.toAbsolutePath().normalize(),
        pick(options.cgroupRoot, file.string("cgroupRoot")).orElse("/"),
        node(),
        runtime(),
        new PodDns.Cluster(dns, domain),
        resolvConf(),
        serving(),
        health());
  }

  private RuntimeSettings runtime() {
    return new RuntimeSettings(
        Path.of(file.string("podLogsDir").orElse("/var/log/pods")),
        options.rootDirectory.resolve("seccomp"),
        file.bool("seccompDefault").orElse(false),
        file.bool("cpuCFSQuota").orElse(true),
        memoryBytes,
        Duration.ofMinutes(15),
        logQuota());
  }

  private LogQuota logQuota() {
    try {
      return new LogQuota(
          file.string("containerLogMaxSize")
              .map(size -> quantity("containerLogMaxSize", size).value())
              .orElse(LogQuota.DEFAULT.maxBytes()),
          file.integer("containerLogMaxFiles").orElse(LogQuota.DEFAULT.maxFiles()));
    } catch (IllegalArgumentException e) {
      throw new ConfigException("--config: " + e.getMessage(), e);
    }
  }

  private NodeSettings node() {
    String hostname = hostname();
    Map<String, Quantity> reserved = new HashMap<>();
    for (String field : List.of("systemReserved", "kubeReserved")) {
      file.stringMap(field)
          .forEach((name, amount) -> reserved.merge(name, quantity(field, amount), Quantity::plus));
    }
    return new NodeSettings(
        hostname,
        hostname,
        nodeIps(),
        options.nodeLabels,
        options.taints.stream().map(KubeletSettings::taint).toList(),
        options.registerNode && file.bool("registerNode").orElse(true),
        pick(options.maxPods, file.integer("maxPods")).orElse(DEFAULT_MAX_PODS),
        reserved,
        port(),
        Version.current().gitVersion(),
        pick(options.statusFrequency, file.duration("nodeStatusUpdateFrequency"))
            .orElse(Duration.ofSeconds(10)),
        file.duration("nodeStatusReportFrequency").orElse(Duration.ofMinutes(5)),
        Duration.ofSeconds(file.integer("nodeLeaseDurationSeconds").orElse(40)));
  }

  private String hostname() {
    if (options.hostname != null && !options.hostname.isEmpty()) {
      return options.hostname.toLowerCase(Locale.ROOT);
    }
    return HostName.read();
  }

  private List<String> nodeIps() {
    if (!options.nodeIps.isEmpty()) {
      return options.nodeIps;
    }
    // A datagram socket that is connected sends nothing, but knows the address it would send from.
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(new InetSocketAddress(ELSEWHERE, 9));
      return List.of(socket.getLocalAddress().getHostAddress());
    } catch (IOException e) {
      throw ConfigException.flag(
          "--node-ip", "is needed, for this machine has no default route: " + e.getMessage());
    }
  }

  private PodDns.Settings resolvConf() {
    String path = pick(options.resolvConf, file.string("resolvConf")).orElse("/etc/resolv.conf");
    if (path.isEmpty()) {
      return new PodDns.Settings(List.of(), List.of(), List.of());
    }
    try {
      return PodDns.Settings.parse(Files.readString(Path.of(path)));
    } catch (IOException e) {
      throw new ConfigException("--resolv-conf: cannot read " + path + ": " + e.getMessage(), e);
    }
  }

  private int port() {
    int port = pick(options.port, file.integer("port")).orElse(DEFAULT_PORT);
    if (port < 0 || port > 65535) {
      throw ConfigException.flag("--port", "must be between 0 and 65535, not " + port);
    }
    return port;
  }

  private KubeletConfig.Serving serving() {
    String mode =
        pick(options.authorizationMode, file.string("authorization.mode")).orElse("Webhook");
    if (!mode.equals("Webhook") && !mode.equals("AlwaysAllow")) {
      throw ConfigException.flag(
          "--authorization-mode", "must be Webhook or AlwaysAllow, not " + mode);
    }
    Optional<Path> certificate =
        pick(options.certificate, file.string("tlsCertFile").map(Path::of));
    Optional<Path> key = pick(options.privateKey, file.string("tlsPrivateKeyFile").map(Path::of));
    if (certificate.isPresent() != key.isPresent()) {
      throw ConfigException.flag(
          "--tls-cert-file", "goes together with --tls-private-key-file; give both or neither");
    }
    return new KubeletConfig.Serving(
        new InetSocketAddress(
            pick(options.address, file.string("address")).orElse("0.0.0.0"), port()),
        certificate.orElse(null),
        key.orElse(null),
        pick(options.clientCa, file.string("authentication.x509.clientCAFile").map(Path::of))
            .orElse(null),
        pick(options.anonymousAuth, file.bool("authentication.anonymous.enabled")).orElse(false),
        pick(options.tokenWebhook, file.bool("authentication.webhook.enabled")).orElse(true),
        mode.equals("Webhook"));
  }

  private @Nullable InetSocketAddress health() {
    int port = pick(options.healthPort, file.integer("healthzPort")).orElse(DEFAULT_HEALTH_PORT);
    return port == 0
        ? null
        : new InetSocketAddress(
            pick(options.healthAddress, file.string("healthzBindAddress")).orElse("127.0.0.1"),
            port);
  }

  private static Quantity quantity(String field, String amount) {
    try {
      return Quantity.parse(amount);
    } catch (IllegalArgumentException e) {
      throw new ConfigException("--config: " + field + ": " + amount + " is not a quantity", e);
    }
  }

  private static Taint taint(String text) {
    int colon = text.lastIndexOf(':');
    if (colon <= 0) {
      throw ConfigException.flag("--register-with-taints", "must be KEY=VALUE:EFFECT, not " + text);
    }
    List<String> pair = new ArrayList<>(List.of(text.substring(0, colon).split("=", 2)));
    return Taint.builder()
        .key(pair.getFirst())
        .value(pair.size() > 1 ? pair.get(1) : null)
        .effect(text.substring(colon + 1))
        .build();
  }

  private static <T> Optional<T> pick(@Nullable T flag, Optional<T> fromFile) {
    return flag == null ? fromFile : Optional.of(flag);
  }
}
