package dev.tiphys.deploy.process;

import dev.tiphys.deploy.layout.ClusterSettings;
import dev.tiphys.deploy.layout.ControlPlane;
import dev.tiphys.deploy.layout.DataDir;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The store and the API server: one of each on the machine's own network, or several pairs, each in
 * a network namespace, with a balancer before them that passes over those that are not ready.
 *
 * <p>Each API server of several talks to the member beside it. All of them tell pods the balancer's
 * address, so that a pod's connection, too, finds one that is ready.
 */
final class ControlPlaneDaemons {
  static final int STORE_PORT = 2379;
  static final int STORE_PEER_PORT = 2380;
  static final int STORE_METRICS_PORT = 2381;

  private static final String HERE = "127.0.0.1";

  private final DataDir directory;
  private final ClusterSettings settings;
  private final String nodeAddress;
  private final Path distribution;

  ControlPlaneDaemons(
      DataDir directory, ClusterSettings settings, String nodeAddress, Path distribution) {
    this.directory = directory;
    this.settings = settings;
    this.nodeAddress = nodeAddress;
    this.distribution = distribution;
  }

  /** In the order in which they are started. */
  List<Daemon> all() {
    List<ControlPlane> planes = settings.planes();
    var daemons = new ArrayList<Daemon>();
    if (planes.isEmpty()) {
      String peers = settings.nodeName() + "=" + peer(HERE);
      daemons.add(
          java(
              "store",
              "store",
              List.of(),
              "http://" + HERE + ":" + STORE_METRICS_PORT + "/readyz",
              storeFlags(settings.nodeName(), HERE, directory.store(), peers)));
      daemons.add(
          java("apiserver", "apiserver", List.of(), readyz(HERE), apiserverFlags(nodeAddress)));
      return daemons;
    }
    String peers =
        planes.stream()
            .map(plane -> plane.name() + "=" + peer(plane.address()))
            .collect(Collectors.joining(","));
    for (ControlPlane plane : planes) {
      daemons.add(
          java(
              plane.daemon("store"),
              "store",
              inside(plane),
              "http://" + plane.address() + ":" + STORE_METRICS_PORT + "/readyz",
              storeFlags(plane.name(), plane.address(), directory.store(plane), peers)));
    }
    for (ControlPlane plane : planes) {
      daemons.add(
          java(
              plane.daemon("apiserver"),
              "apiserver",
              inside(plane),
              readyz(plane.address()),
              apiserverFlags(ControlPlane.FRONT)));
    }
    daemons.add(
        new Daemon(
            "balancer",
            List.of("haproxy", "-db", "-f", directory.balancerConfig().toString()),
            null,
            false));
    return daemons;
  }

  private List<String> inside(ControlPlane plane) {
    // Not `ip netns exec`, which hides the cgroups, and with them a JVM's limits.
    return List.of("nsenter", "--net=/run/netns/" + plane.namespace(directory));
  }

  private List<String> storeFlags(String name, String address, Path data, String peers) {
    String clients = "https://" + address + ":" + STORE_PORT;
    String local = "https://" + HERE + ":" + STORE_PORT;
    return List.of(
        "--name=" + name,
        "--data-dir=" + data,
        "--listen-client-urls=" + (clients.equals(local) ? local : local + "," + clients),
        "--advertise-client-urls=" + clients,
        "--listen-peer-urls=" + peer(address),
        "--initial-advertise-peer-urls=" + peer(address),
        "--initial-cluster=" + peers,
        "--listen-metrics-urls=http://" + address + ":" + STORE_METRICS_PORT,
        "--cert-file=" + pki("store/server.crt"),
        "--key-file=" + pki("store/server.key"),
        "--trusted-ca-file=" + pki("store/ca.crt"),
        "--client-cert-auth=true",
        "--peer-cert-file=" + pki("store/peer.crt"),
        "--peer-key-file=" + pki("store/peer.key"),
        "--peer-trusted-ca-file=" + pki("store/ca.crt"),
        "--peer-client-cert-auth=true");
  }

  private List<String> apiserverFlags(String advertised) {
    return List.of(
        "--etcd-servers=https://" + HERE + ":" + STORE_PORT,
        "--etcd-cafile=" + pki("store/ca.crt"),
        "--etcd-certfile=" + pki("store/apiserver-client.crt"),
        "--etcd-keyfile=" + pki("store/apiserver-client.key"),
        "--secure-port=" + settings.apiPort(),
        "--bind-address=0.0.0.0",
        "--advertise-address=" + advertised,
        "--client-ca-file=" + pki("ca.crt"),
        "--tls-cert-file=" + pki("apiserver.crt"),
        "--tls-private-key-file=" + pki("apiserver.key"),
        "--service-account-key-file=" + pki("sa.pub"),
        "--service-account-signing-key-file=" + pki("sa.key"),
        "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
        "--service-cluster-ip-range=" + settings.serviceCidr(),
        "--authorization-mode=Node,RBAC",
        "--kubelet-client-certificate=" + pki("apiserver-kubelet-client.crt"),
        "--kubelet-client-key=" + pki("apiserver-kubelet-client.key"),
        "--kubelet-certificate-authority=" + pki("ca.crt"),
        "--kubelet-preferred-address-types=InternalIP,Hostname");
  }

  private static String peer(String address) {
    return "https://" + address + ":" + STORE_PEER_PORT;
  }

  private String readyz(String address) {
    return "https://" + address + ":" + settings.apiPort() + "/readyz";
  }

  private Daemon java(
      String name, String kind, List<String> prefix, String health, List<String> flags) {
    return Daemon.java(name, prefix, distribution, kind, URI.create(health), flags);
  }

  private String pki(String file) {
    return directory.pki().resolve(file).toString();
  }
}
