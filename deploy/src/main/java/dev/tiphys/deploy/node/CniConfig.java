package dev.tiphys.deploy.node;

import dev.tiphys.deploy.layout.ClusterSettings;
import dev.tiphys.deploy.layout.DataDir;

/**
 * The pods' network on this node, as a CNI configuration list: a bridge with addresses of the
 * node's range.
 */
public final class CniConfig {
  /** The name of the network; iptables rules that plugins make carry it in their comments. */
  public static final String NETWORK = "tiphys";

  private CniConfig() {}

  /** The JSON text. Hairpins let a pod reach itself through its own service. */
  public static String text(DataDir directory, ClusterSettings settings) {
    return """
    {
      "cniVersion": "0.4.0",
      "name": "%s",
      "plugins": [
        {
          "type": "bridge",
          "bridge": "%s",
          "isGateway": true,
          "hairpinMode": true,
          "ipMasq": false,
          "ipam": {
            "type": "host-local",
            "dataDir": "%s",
            "ranges": [[{"subnet": "%s"}]],
            "routes": [{"dst": "0.0.0.0/0"}]
          }
        },
        {"type": "portmap", "capabilities": {"portMappings": true}, "snat": true}
      ]
    }
    """
        .formatted(NETWORK, NodeNetwork.BRIDGE, directory.addressLeases(), settings.nodePodCidr());
  }
}
