package dev.tiphys.kubelet.runtime;

import static java.util.Objects.requireNonNullElse;

import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodDNSConfig;
import dev.tiphys.api.core.v1.PodDNSConfigOption;
import dev.tiphys.api.core.v1.PodSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What stands in a pod's /etc/resolv.conf, by its DNS policy and configuration. Pure functions. */
public final class PodDns {
  // What the C library reads, and what the API allows.
  private static final int MAX_SERVERS = 3;
  private static final int MAX_SEARCHES = 32;

  private PodDns() {}

  /** The three kinds of line of a resolv.conf, in order. */
  public record Settings(List<String> servers, List<String> searches, List<String> options) {
    /** Keeps its own copies. */
    public Settings {
      servers = List.copyOf(servers);
      searches = List.copyOf(searches);
      options = List.copyOf(options);
    }

    /** Reads a resolv.conf; what is not understood is passed over, as the C library does. */
    public static Settings parse(String resolvConf) {
      List<String> servers = new ArrayList<>();
      List<String> searches = List.of();
      List<String> options = new ArrayList<>();
      for (String line : resolvConf.lines().toList()) {
        String[] words = line.strip().split("[ \t]+");
        List<String> rest = Arrays.asList(words).subList(1, words.length);
        switch (words[0]) {
          case "nameserver" -> rest.stream().findFirst().ifPresent(servers::add);
          case "search", "domain" -> searches = rest; // The last one counts.
          case "options" -> options.addAll(rest);
          default -> {
            // A comment or a setting that no pod inherits.
          }
        }
      }
      return new Settings(servers, searches, options);
    }
  }

  /**
   * The cluster's name service.
   *
   * @param servers addresses; empty if there is none, then pods use the node's
   * @param domain for instance {@code cluster.local}
   */
  public record Cluster(List<String> servers, String domain) {
    /** Keeps its own copy. */
    public Cluster {
      servers = List.copyOf(servers);
    }
  }

  /** The settings for a pod on a node whose own are {@code node}. */
  public static Settings of(Pod pod, Cluster cluster, Settings node) {
    PodSpec spec = pod.spec() == null ? PodSpec.EMPTY : pod.spec();
    Settings base =
        switch (requireNonNullElse(spec.dnsPolicy(), "ClusterFirst")) {
          case "None" -> new Settings(List.of(), List.of(), List.of());
          case "Default" -> node;
          case "ClusterFirstWithHostNet" -> ofCluster(pod, cluster, node);
          default -> Boolean.TRUE.equals(spec.hostNetwork()) ? node : ofCluster(pod, cluster, node);
        };
    return limited(spec.dnsConfig() == null ? base : with(base, spec.dnsConfig()));
  }

  private static Settings ofCluster(Pod pod, Cluster cluster, Settings node) {
    if (cluster.servers().isEmpty()) {
      return node;
    }
    Set<String> searches = new LinkedHashSet<>();
    if (!cluster.domain().isEmpty()) {
      searches.add(pod.metadata().namespace() + ".svc." + cluster.domain());
      searches.add("svc." + cluster.domain());
      searches.add(cluster.domain());
    }
    searches.addAll(node.searches());
    return new Settings(cluster.servers(), List.copyOf(searches), List.of("ndots:5"));
  }

  private static Settings with(Settings base, PodDNSConfig config) {
    Set<String> servers = new LinkedHashSet<>(base.servers());
    servers.addAll(config.nameservers());
    Set<String> searches = new LinkedHashSet<>(base.searches());
    searches.addAll(config.searches());
    Map<String, String> options = new LinkedHashMap<>();
    for (String option : base.options()) {
      options.put(option.split(":", 2)[0], option);
    }
    for (PodDNSConfigOption option : config.options()) {
      String name = requireNonNullElse(option.name(), "");
      String value = option.value();
      options.put(name, value == null || value.isEmpty() ? name : name + ":" + value);
    }
    return new Settings(List.copyOf(servers), List.copyOf(searches), List.copyOf(options.values()));
  }

  private static Settings limited(Settings settings) {
    return new Settings(
        settings.servers().stream().limit(MAX_SERVERS).toList(),
        settings.searches().stream().limit(MAX_SEARCHES).toList(),
        settings.options());
  }
}
