package dev.tiphys.apiserver.kubelet;

import dev.tiphys.api.core.v1.Node;
import dev.tiphys.api.core.v1.NodeAddress;
import java.util.List;

/**
 * Where a node's kubelet listens.
 *
 * @param host a name or an address
 * @param port of its HTTPS server
 */
public record KubeletAddress(String host, int port) {

  private static final int DEFAULT_PORT = 10250;

  /**
   * Takes it from a node's status.
   *
   * @param preferredTypes the first type that the node has decides
   * @throws KubeletException if the node has none of them
   */
  public static KubeletAddress of(Node node, List<String> preferredTypes) throws KubeletException {
    if (node.status() != null) {
      for (String type : preferredTypes) {
        for (NodeAddress address : node.status().addresses()) {
          if (type.equals(address.type()) && address.address() != null) {
            return new KubeletAddress(address.address(), port(node));
          }
        }
      }
    }
    throw new KubeletException(
        "no preferred addresses found on node "
            + node.metadata().name()
            + "; known types: "
            + preferredTypes);
  }

  private static int port(Node node) {
    if (node.status() == null
        || node.status().daemonEndpoints() == null
        || node.status().daemonEndpoints().kubeletEndpoint() == null
        || node.status().daemonEndpoints().kubeletEndpoint().port() == null) {
      return DEFAULT_PORT;
    }
    Integer port = node.status().daemonEndpoints().kubeletEndpoint().port();
    return port == null || port == 0 ? DEFAULT_PORT : port;
  }

  @Override
  public String toString() {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }
}
