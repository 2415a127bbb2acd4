package dev.tiphys.scheduler.state;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.ContainerPort;
import dev.tiphys.api.core.v1.PodSpec;
import java.util.HashSet;
import java.util.Set;

/**
 * A port of the node that a pod takes for itself.
 *
 * @param ip the address; {@code 0.0.0.0} for all
 * @param protocol as {@code TCP}
 * @param port 1 to 65535
 */
public record HostPort(String ip, String protocol, int port) {

  private static final String ANY = "0.0.0.0";

  /** The host ports that a pod's containers ask for. */
  public static Set<HostPort> of(PodSpec spec) {
    Set<HostPort> ports = new HashSet<>();
    for (Container container : spec.containers()) {
      for (ContainerPort port : container.ports()) {
        Integer hostPort = port.hostPort();
        if (hostPort != null && hostPort > 0) {
          String ip = port.hostIP();
          String protocol = port.protocol();
          ports.add(
              new HostPort(
                  ip == null || ip.isEmpty() ? ANY : ip,
                  protocol == null ? "TCP" : protocol,
                  hostPort));
        }
      }
    }
    return Set.copyOf(ports);
  }

  /** Whether both cannot be had on one node. */
  public boolean conflictsWith(HostPort other) {
    return port == other.port
        && protocol.equals(other.protocol)
        && (ip.equals(other.ip) || ip.equals(ANY) || other.ip.equals(ANY));
  }
}
