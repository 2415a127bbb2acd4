package dev.tiphys.deploy.process;

import dev.tiphys.deploy.layout.ClusterSettings;
import dev.tiphys.deploy.layout.DataDir;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The programs of a one-node cluster and the flags that each is started with. */
public final class Daemons {
  public static final int KUBELET_PORT = 10250;
  public static final int KUBELET_HEALTH_PORT = 10248;
  public static final int PROXY_METRICS_PORT = 10249;
  public static final int PROXY_HEALTH_PORT = 10256;
  public static final int CONTROLLER_MANAGER_PORT = 10257;
  public static final int SCHEDULER_PORT = 10259;

  private static final String LOG_BYTES = String.valueOf(20L << 20);
  private static final String LOGS_KEPT = "4";

  private final DataDir directory;
  private final ClusterSettings settings;
  private final String nodeAddress;
  private final Path distribution;
  private final ControlPlaneDaemons controlPlane;

  public Daemons(
      DataDir directory, ClusterSettings settings, String nodeAddress, Path distribution) {
    this.directory = directory;
    this.settings = settings;
    this.nodeAddress = nodeAddress;
    this.distribution = distribution;
    this.controlPlane = new ControlPlaneDaemons(directory, settings, nodeAddress, distribution);
  }

  /** All programs, in the order in which they are started. */
  public List<Daemon> all() {
    var daemons = new ArrayList<Daemon>();
    daemons.addAll(controlPlane.all());
    daemons.addAll(runtime());
    daemons.add(kubelet());
    daemons.add(controllerManager());
    daemons.add(scheduler());
    daemons.add(kubeProxy());
    daemons.add(logRotation());
    return daemons;
  }

  /** The members of the store. */
  public List<StoreMember> members() {
    return controlPlane.members();
  }

  /** A member of the store that begins otherwise than {@link #all} has it. */
  public Daemon store(StoreMember member, StoreStart start) {
    return controlPlane.store(member, start);
  }

  /** The container runtime; nothing when the cluster uses one that runs already. */
  public List<Daemon> runtime() {
    return settings.runtimeEndpoint() == null ? List.of(containerd()) : List.of();
  }

  /** The ports that the cluster listens on, the API server's included. */
  public List<Integer> ports() {
    return List.of(
        settings.apiPort(),
        ControlPlaneDaemons.STORE_PORT,
        ControlPlaneDaemons.STORE_PEER_PORT,
        ControlPlaneDaemons.STORE_METRICS_PORT,
        KUBELET_PORT,
        KUBELET_HEALTH_PORT,
        PROXY_METRICS_PORT,
        PROXY_HEALTH_PORT,
        CONTROLLER_MANAGER_PORT,
        SCHEDULER_PORT);
  }

  /** The CRI socket in use. */
  public String runtimeEndpoint() {
    String given = settings.runtimeEndpoint();
    return given != null ? given : "unix://" + directory.containerdSocket();
  }

  private Daemon scheduler() {
    return java(
        "scheduler",
        "https://127.0.0.1:" + SCHEDULER_PORT + "/healthz",
        "--kubeconfig=" + directory.kubeconfig("scheduler"),
        "--bind-address=127.0.0.1",
        "--secure-port=" + SCHEDULER_PORT,
        "--tls-cert-file=" + pki("scheduler-server.crt"),
        "--tls-private-key-file=" + pki("scheduler-server.key"),
        "--client-ca-file=" + pki("ca.crt"),
        "--leader-elect=false");
  }

  private Daemon controllerManager() {
    return java(
        "controller-manager",
        "https://127.0.0.1:" + CONTROLLER_MANAGER_PORT + "/healthz",
        "--kubeconfig=" + directory.kubeconfig("controller-manager"),
        "--bind-address=127.0.0.1",
        "--secure-port=" + CONTROLLER_MANAGER_PORT,
        "--tls-cert-file=" + pki("controller-manager-server.crt"),
        "--tls-private-key-file=" + pki("controller-manager-server.key"),
        "--client-ca-file=" + pki("ca.crt"),
        "--root-ca-file=" + pki("ca.crt"),
        "--cluster-cidr=" + settings.podCidr(),
        "--leader-elect=false");
  }

  private Daemon kubelet() {
    return java(
        "kubelet",
        "http://127.0.0.1:" + KUBELET_HEALTH_PORT + "/healthz",
        "--config=" + directory.kubeletConfig(),
        "--kubeconfig=" + directory.kubeconfig("kubelet"),
        "--container-runtime-endpoint=" + runtimeEndpoint(),
        "--hostname-override=" + settings.nodeName(),
        "--node-ip=" + nodeAddress,
        "--root-dir=" + directory.kubelet());
  }

  private Daemon kubeProxy() {
    return java(
        "kube-proxy",
        "http://127.0.0.1:" + PROXY_HEALTH_PORT + "/healthz",
        "--kubeconfig=" + directory.kubeconfig("kube-proxy"),
        "--cluster-cidr=" + settings.podCidr(),
        "--hostname-override=" + settings.nodeName(),
        "--healthz-bind-address=127.0.0.1:" + PROXY_HEALTH_PORT,
        "--metrics-bind-address=127.0.0.1:" + PROXY_METRICS_PORT);
  }

  private Daemon containerd() {
    return new Daemon(
        "containerd",
        List.of("containerd", "--config", directory.containerdConfig().toString()),
        null,
        false);
  }

  private Daemon logRotation() {
    return new Daemon(
        "log-rotation",
        List.of(
            distribution.resolve("bin/rotate").toString(),
            directory.log().toString(),
            LOG_BYTES,
            LOGS_KEPT),
        null,
        false);
  }

  private Daemon java(String name, String health, String... flags) {
    return Daemon.java(name, List.of(), distribution, name, URI.create(health), List.of(flags));
  }

  private String pki(String file) {
    return directory.pki().resolve(file).toString();
  }
}
