package dev.tiphys.kubeproxy.service;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * One port of a service, with the backends behind it.
 *
 * @param namespace of the service
 * @param service its name
 * @param portName empty for the only, unnamed port
 * @param protocol transport protocol
 * @param clusterIp service address; all addresses of the port are of its family
 * @param port on the service address, 1 to 65535
 * @param nodePort on each node's addresses; 0 if none
 * @param externalIps further addresses that this node answers for: external IPs and load balancers'
 * @param sourceRanges CIDRs that may use the load balancer's addresses; empty for all
 * @param externalTrafficLocal whether traffic from outside goes to this node's pods only
 * @param internalTrafficLocal whether traffic to the service address goes to this node's pods only
 * @param affinity how long a client stays with its backend; empty for no affinity
 * @param backends all of them, in a stable order
 */
public record ServicePort(
    String namespace,
    String service,
    String portName,
    Protocol protocol,
    String clusterIp,
    int port,
    int nodePort,
    List<String> externalIps,
    List<String> sourceRanges,
    boolean externalTrafficLocal,
    boolean internalTrafficLocal,
    Optional<Duration> affinity,
    List<Backend> backends) {

  /** Copies the lists. */
  public ServicePort {
    externalIps = List.copyOf(externalIps);
    sourceRanges = List.copyOf(sourceRanges);
    backends = List.copyOf(backends);
  }

  /** {@code namespace/service:port}, or without the colon for the unnamed port. */
  public String name() {
    return namespace + "/" + service + (portName.isEmpty() ? "" : ":" + portName);
  }

  /** Whether anything but the cluster IP leads to the service. */
  public boolean isExternal() {
    return nodePort != 0 || !externalIps.isEmpty();
  }

  /** The backends that traffic may go to when any node's will do. */
  public List<Backend> clusterBackends() {
    return usable(_ -> true);
  }

  /** The backends that traffic may go to when only this node's will do. */
  public List<Backend> localBackends() {
    return usable(Backend::local);
  }

  /**
   * The ready ones; if there is none, those that end but still serve, so that the last pod of a
   * rollout drains instead of refusing (KEP-1669).
   */
  private List<Backend> usable(Predicate<Backend> where) {
    List<Backend> ready = backends.stream().filter(Backend::ready).filter(where).toList();
    if (!ready.isEmpty()) {
      return ready;
    }
    return backends.stream().filter(b -> b.serving() && b.terminating()).filter(where).toList();
  }
}
