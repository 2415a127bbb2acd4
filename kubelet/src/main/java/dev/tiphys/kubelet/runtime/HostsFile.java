package dev.tiphys.kubelet.runtime;

import static java.util.Objects.requireNonNull;

import dev.tiphys.api.core.v1.HostAlias;
import dev.tiphys.api.core.v1.Pod;
import java.util.List;

/** A pod's /etc/hosts. Pure functions. */
final class HostsFile {
  private static final String LOOPBACK =
      """
      127.0.0.1\tlocalhost
      ::1\tlocalhost ip6-localhost ip6-loopback
      fe00::0\tip6-localnet
      fe00::0\tip6-mcastprefix
      fe00::1\tip6-allnodes
      fe00::2\tip6-allrouters
      """;

  private HostsFile() {}

  /** For a pod with addresses of its own. */
  static String of(Pod pod, List<String> ips, String clusterDomain) {
    StringBuilder text = new StringBuilder("# Kubernetes-managed hosts file.\n").append(LOOPBACK);
    String label = PodHostname.label(pod);
    String domain = PodHostname.domain(pod, clusterDomain);
    for (String ip : ips) {
      text.append(ip).append('\t');
      if (!domain.isEmpty()) {
        text.append(label).append('.').append(domain).append('\t');
      }
      text.append(label).append('\n');
    }
    return text.append(aliases(pod)).toString();
  }

  /** For a pod with the node's network: as the node has it. */
  static String ofNode(Pod pod, String nodeHosts) {
    return "# Kubernetes-managed hosts file (host network).\n" + nodeHosts + aliases(pod);
  }

  private static String aliases(Pod pod) {
    List<HostAlias> aliases = requireNonNull(pod.spec()).hostAliases();
    if (aliases.isEmpty()) {
      return "";
    }
    StringBuilder text = new StringBuilder("\n# Entries added by HostAliases.\n");
    for (HostAlias alias : aliases) {
      text.append(alias.ip()).append('\t').append(String.join("\t", alias.hostnames()));
      text.append('\n');
    }
    return text.toString();
  }
}
