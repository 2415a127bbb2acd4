package dev.tiphys.kubelet.pod;

import dev.tiphys.api.value.Quantity;
import dev.tiphys.kubelet.runtime.PodDns;
import dev.tiphys.kubelet.runtime.PodFields;
import java.util.List;
import java.util.Map;

/**
 * What pods take over from their node.
 *
 * @param name the node's name
 * @param ips its addresses, the primary one first
 * @param allocatable what it has to give
 * @param dns the cluster's name service
 * @param resolvConf the node's own name service
 */
public record NodeFacts(
    String name,
    List<String> ips,
    Map<String, Quantity> allocatable,
    PodDns.Cluster dns,
    PodDns.Settings resolvConf) {

  /** Keeps its own copies. */
  public NodeFacts {
    ips = List.copyOf(ips);
    allocatable = Map.copyOf(allocatable);
  }

  PodFields.Placement placement(List<String> podIps) {
    return new PodFields.Placement(podIps.isEmpty() ? ips : podIps, ips, allocatable);
  }
}
