package dev.tiphys.kubeproxy;

import dev.tiphys.daemon.ComponentConfig;
import dev.tiphys.daemon.ConfigException;
import dev.tiphys.daemon.DaemonOptions;
import dev.tiphys.daemon.HostName;
import dev.tiphys.daemon.options.DurationConverter;
import dev.tiphys.kubeproxy.service.IpFamily;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The proxy's flags, named as upstream names them. With {@code --config} the file's fields win. */
@Command(description = "Makes service addresses reach pods on this node.", sortOptions = false)
final class ProxyOptions extends DaemonOptions {

  private static final String KIND = "KubeProxyConfiguration";
  private static final int MAX_MASQUERADE_BIT = 31;

  @Option(names = "--kubeconfig", paramLabel = "FILE", description = "How to reach the API server.")
  @Nullable Path kubeconfig;

  @Option(names = "--config", paramLabel = "FILE", description = "A KubeProxyConfiguration.")
  @Nullable Path config;

  @Option(
      names = "--hostname-override",
      paramLabel = "NAME",
      description = "This node's name. Default: the host name.")
  @Nullable String hostname;

  @Option(
      names = "--cluster-cidr",
      paramLabel = "CIDR",
      description =
          "The pods' range, or one of each IP family; other traffic to service addresses is"
              + " masqueraded.")
  @Nullable String clusterCidr;

  @Option(
      names = "--masquerade-all",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "BOOL",
      description = "Masquerade all traffic to service addresses. Default: false.")
  boolean masqueradeAll;

  @Option(
      names = "--iptables-masquerade-bit",
      paramLabel = "BIT",
      description = "Bit of the packet mark, 0 to 31. Default: 14.")
  int masqueradeBit = 14;

  @Option(
      names = "--iptables-sync-period",
      converter = DurationConverter.class,
      description = "How often to check that nobody flushed the tables. Default: 30s.")
  Duration syncPeriod = Duration.ofSeconds(30);

  @Option(names = "--proxy-mode", paramLabel = "MODE", description = "Only iptables, the default.")
  String mode = "iptables";

  @Option(
      names = "--healthz-bind-address",
      paramLabel = "IP:PORT",
      description = "Where to serve /healthz. Default: 0.0.0.0:10256.")
  String healthAddress = "0.0.0.0:10256";

  @Option(
      names = "--metrics-bind-address",
      paramLabel = "IP:PORT",
      description = "Where to serve /metrics. Default: 127.0.0.1:10249.")
  String metricsAddress = "127.0.0.1:10249";

  @Option(
      names = "--cleanup",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "BOOL",
      description = "Remove all rules of the proxy and exit.")
  boolean cleanup;

  /**
   * Flags and file together, checked.
   *
   * @throws ConfigException naming the flag or field that is wrong
   */
  ProxyConfig validated() {
    ComponentConfig file =
        config == null ? ComponentConfig.empty() : ComponentConfig.read(config, KIND);
    String chosenMode = file.string("mode").filter(m -> !m.isEmpty()).orElse(mode);
    if (!chosenMode.equals("iptables")) {
      throw ConfigException.flag("--proxy-mode", "only iptables is there, not " + chosenMode);
    }
    int bit = file.integer("iptables.masqueradeBit").orElse(masqueradeBit);
    if (bit < 0 || bit > MAX_MASQUERADE_BIT) {
      throw ConfigException.flag(
          "--iptables-masquerade-bit", "must be between 0 and 31, not " + bit);
    }
    List<String> ranges =
        file.string("clusterCIDR")
            .or(() -> Optional.ofNullable(clusterCidr))
            .filter(text -> !text.isEmpty())
            .map(text -> List.of(text.split(",", -1)))
            .orElse(List.of());
    if (ranges.size() > 2
        || ranges.stream().filter(IpFamily.IPV6::holds).count() > 1
        || ranges.stream().filter(IpFamily.IPV4::holds).count() > 1) {
      throw ConfigException.flag(
          "--cluster-cidr", "takes at most one range of each IP family, not " + ranges);
    }
    Optional<Path> access =
        file.string("clientConnection.kubeconfig")
            .filter(path -> !path.isEmpty())
            .map(Path::of)
            .or(() -> Optional.ofNullable(kubeconfig));
    return new ProxyConfig(
        access.orElseThrow(
            () -> ConfigException.flag("--kubeconfig", "is required to reach the API server")),
        nodeName(file),
        ranges,
        file.bool("iptables.masqueradeAll").orElse(masqueradeAll),
        bit,
        file.duration("iptables.syncPeriod").filter(Duration::isPositive).orElse(syncPeriod),
        address(
            "--healthz-bind-address",
            file.string("healthzBindAddress").filter(a -> !a.isEmpty()).orElse(healthAddress)),
        address(
            "--metrics-bind-address",
            file.string("metricsBindAddress").filter(a -> !a.isEmpty()).orElse(metricsAddress)));
  }

  private String nodeName(ComponentConfig file) {
    return file.string("hostnameOverride")
        .or(() -> Optional.ofNullable(hostname))
        .filter(name -> !name.isEmpty())
        .orElseGet(HostName::read);
  }

  private static InetSocketAddress address(String flag, String text) {
    int colon = text.lastIndexOf(':');
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      return new InetSocketAddress(colon < 0 ? "0.0.0.0" : text.substring(0, colon), port);
    } catch (IllegalArgumentException e) {
      throw ConfigException.flag(flag, "must be IP:PORT, not " + text);
    }
  }
}
