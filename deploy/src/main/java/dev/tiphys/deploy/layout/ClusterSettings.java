package dev.tiphys.deploy.layout;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a cluster was asked to be. Fixed at its first {@code up}.
 *
 * @param podCidr the addresses of pods; this node hands out those of its first /24
 * @param serviceCidr the addresses of services
 * @param apiPort the TCP port of the API server
 * @param nodeName the name of this machine's Node object
 * @param runtimeEndpoint the CRI socket to use, {@code unix:///...}; null for a containerd of our
 *     own
 * @param controlPlanes how many stores and API servers: 1, 3 or 5
 */
public record ClusterSettings(
    Cidr podCidr,
    Cidr serviceCidr,
    int apiPort,
    String nodeName,
    @Nullable String runtimeEndpoint,
    int controlPlanes) {
  private static final Set<Integer> CONTROL_PLANES = Set.of(1, 3, 5);

  public ClusterSettings {
    if (!CONTROL_PLANES.contains(controlPlanes)) {
      throw new IllegalArgumentException(
          "--control-planes "
              + controlPlanes
              + " is not 1, 3 or 5: an even number survives no more losses than the odd one below it");
    }
    for (Cidr range : List.of(podCidr, serviceCidr)) {
      if (controlPlanes > 1 && range.overlaps(ControlPlane.NETWORK)) {
        throw new IllegalArgumentException(
            "the range "
                + range
                + " overlaps "
                + ControlPlane.NETWORK
                + ", which connects the control planes: choose another");
      }
    }
    if (apiPort < 1 || apiPort > 65535) {
      throw new IllegalArgumentException(
          "--api-port " + apiPort + " is not a TCP port (1 to 65535)");
    }
    if (podCidr.prefix() > 24) {
      throw new IllegalArgumentException(
          "--pod-cidr " + podCidr + " is too small: a node takes a /24, so give at least that");
    }
    if (serviceCidr.prefix() < 8 || serviceCidr.prefix() > 28) {
      throw new IllegalArgumentException(
          "--service-cidr " + serviceCidr + " must lie between /8 and /28");
    }
    if (podCidr.overlaps(serviceCidr)) {
      throw new IllegalArgumentException(
          "--pod-cidr "
              + podCidr
              + " and --service-cidr "
              + serviceCidr
              + " overlap: choose ranges apart");
    }
    if (!nodeName.matches("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")) {
      throw new IllegalArgumentException(
          "--node-name '"
              + nodeName
              + "' is not a DNS name: use lower-case letters, digits, '-' and '.'");
    }
    if (runtimeEndpoint != null && !runtimeEndpoint.startsWith("unix:///")) {
      throw new IllegalArgumentException(
          "--container-runtime-endpoint " + runtimeEndpoint + " must read unix:///path/to/socket");
    }
  }

  /** The control planes with a network namespace of their own; none when there is only one. */
  public List<ControlPlane> planes() {
    return ControlPlane.several(controlPlanes);
  }

  /** The addresses that this node hands out to its pods. */
  public Cidr nodePodCidr() {
    return podCidr.firstSubnet(24);
  }

  /** The address of this node on the pods' bridge: their gateway. */
  public String podGateway() {
    return nodePodCidr().address(1);
  }

  /** The address of the service {@code kubernetes}. */
  public String apiServiceAddress() {
    return serviceCidr.address(1);
  }
}
