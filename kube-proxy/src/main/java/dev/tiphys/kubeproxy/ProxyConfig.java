package dev.tiphys.kubeproxy;

import dev.tiphys.kubeproxy.iptables.ServiceRules;
import dev.tiphys.kubeproxy.service.IpFamily;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What the proxy was told, validated.
 *
 * @param kubeconfig how to reach the API server
 * @param nodeName this node's name
 * @param clusterCidrs the pods' ranges; at most one of each family
 * @param masqueradeAll whether all traffic to service addresses is masqueraded
 * @param masqueradeBit bit of the packet mark that says "masquerade", 0 to 31
 * @param syncPeriod how often the tables are checked for tampering
 * @param healthAddress where {@code /healthz} is served, without TLS
 * @param metricsAddress where {@code /metrics} is served, without TLS
 */
record ProxyConfig(
    Path kubeconfig,
    String nodeName,
    List<String> clusterCidrs,
    boolean masqueradeAll,
    int masqueradeBit,
    Duration syncPeriod,
    InetSocketAddress healthAddress,
    InetSocketAddress metricsAddress) {

  /** What the rules of a family depend on. */
  ServiceRules.Settings rules(IpFamily family) {
    return new ServiceRules.Settings(
        clusterCidrs.stream().filter(family::holds).findFirst(), masqueradeAll, masqueradeBit);
  }
}
