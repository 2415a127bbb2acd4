package dev.tiphys.kubeproxy;

import dev.tiphys.kubeproxy.iptables.ServiceRules;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What the proxy was told, validated.
 *
 * @param kubeconfig how to reach the API server
 * @param nodeName this node's name
 * @param rules what the rules depend on
 * @param syncPeriod how often the tables are checked for tampering
 * @param healthAddress where {@code /healthz} is served, without TLS
 * @param metricsAddress where {@code /metrics} is served, without TLS
 */
record ProxyConfig(
    Path kubeconfig,
    String nodeName,
    ServiceRules.Settings rules,
    Duration syncPeriod,
    InetSocketAddress healthAddress,
    InetSocketAddress metricsAddress) {}
