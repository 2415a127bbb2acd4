package dev.tiphys.deploy.node;

import dev.tiphys.deploy.layout.ClusterSettings;
import dev.tiphys.deploy.layout.DataDir;
import dev.tiphys.deploy.process.Daemons;
import java.nio.file.Path;

/** The kubelet's configuration file, in upstream's format. */
public final class KubeletConfig {
  private KubeletConfig() {}

  /**
   * The YAML text.
   *
   * @param endpoint the CRI socket
   * @param resolvConf the file from which pods get the machine's name servers
   */
  public static String text(
      DataDir directory, ClusterSettings settings, String endpoint, Path resolvConf) {
    return """
    apiVersion: kubelet.config.k8s.io/v1beta1
    kind: KubeletConfiguration
    address: 0.0.0.0
    port: %d
    healthzBindAddress: 127.0.0.1
    healthzPort: %d
    containerRuntimeEndpoint: %s
    cgroupDriver: cgroupfs
    cgroupRoot: /%s
    failSwapOn: false
    podCIDR: %s
    clusterDomain: cluster.local
    resolvConf: %s
    podLogsDir: %s
    rotateCertificates: false
    tlsCertFile: %s
    tlsPrivateKeyFile: %s
    authentication:
      anonymous:
        enabled: false
      webhook:
        enabled: true
      x509:
        clientCAFile: %s
    authorization:
      mode: Webhook
    """
        .formatted(
            Daemons.KUBELET_PORT,
            Daemons.KUBELET_HEALTH_PORT,
            endpoint,
            directory.cgroup(),
            settings.nodePodCidr(),
            resolvConf,
            directory.podLogs(),
            directory.pki().resolve("kubelet-server.crt"),
            directory.pki().resolve("kubelet-server.key"),
            directory.pki().resolve("ca.crt"));
  }
}
