package dev.tiphys.deploy.layout;

import java.nio.file.Path;

/**
 * The directory below which a cluster keeps everything it writes.
 *
 * <pre>
 *   admin.conf     kubeconfig of the administrator
 *   etc/           settings, kubeconfigs of the daemons, kubelet, containerd and CNI configuration
 *   pki/           certificates and keys; pki/store those of the store, under an authority of its own
 *   store/         the cluster's objects; with several control planes, store-1/ and so on
 *   containerd/    images and containers' files
 *   kubelet/       pods' volumes
 *   log/           the daemons' logs; log/pods those of containers
 *   run/           what means nothing after a reboot: pid files, sockets, container state, leases of addresses
 * </pre>
 *
 * @param root absolute, symbolic links resolved as far as the path exists
 */
public record DataDir(Path root) {
  public Path adminConf() {
    return root.resolve("admin.conf");
  }

  public Path etc() {
    return root.resolve("etc");
  }

  public Path pki() {
    return root.resolve("pki");
  }

  public Path store() {
    return root.resolve("store");
  }

  /** Where one of several members of the store keeps its copy. */
  public Path store(ControlPlane plane) {
    return root.resolve(plane.daemon("store"));
  }

  public Path balancerConfig() {
    return etc().resolve("balancer.cfg");
  }

  public Path containerd() {
    return root.resolve("containerd");
  }

  public Path kubelet() {
    return root.resolve("kubelet");
  }

  public Path log() {
    return root.resolve("log");
  }

  public Path podLogs() {
    return log().resolve("pods");
  }

  public Path run() {
    return root.resolve("run");
  }

  public Path containerdState() {
    return run().resolve("containerd");
  }

  public Path containerdSocket() {
    return run().resolve("containerd.sock");
  }

  public Path runcRoot() {
    return run().resolve("runc");
  }

  /** Which pod holds which address. */
  public Path addressLeases() {
    return run().resolve("addresses");
  }

  public Path cniConf() {
    return etc().resolve("cni");
  }

  public Path containerdConfig() {
    return etc().resolve("containerd.toml");
  }

  public Path kubeletConfig() {
    return etc().resolve("kubelet.yaml");
  }

  /** The kubeconfig of one daemon. */
  public Path kubeconfig(String daemon) {
    return etc().resolve(daemon + ".conf");
  }

  public Path settings() {
    return etc().resolve("cluster.properties");
  }

  /** There once the cluster has been up: from then on a store without data has lost it. */
  public Path founded() {
    return etc().resolve("founded");
  }

  /**
   * The name of the control group below which all pods of this cluster live, and of nobody else:
   * what is in it may be ended without asking.
   */
  public String cgroup() {
    return "tiphys-" + Integer.toHexString(root.toString().hashCode());
  }

  public Path logOf(String program) {
    return log().resolve(program + ".log");
  }
}
