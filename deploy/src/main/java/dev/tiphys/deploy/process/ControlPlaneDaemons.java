package dev.tiphys.deploy.process;

import dev.tiphys.deploy.layout.ClusterSettings;
import dev.tiphys.deploy.layout.ControlPlane;
import dev.tiphys.deploy.layout.DataDir;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The store and the API server: one of each on the machine's own network, or several pairs, each in
 * a network namespace, with a balancer before them that passes over those that are not ready.
 *
 * <p>Each API server of several talks to the member beside it, and to another one while that is
 * lost: so it stays ready, and its clients notice nothing. All of them tell pods the balancer's
 * address, so that a pod's connection, too, finds one that is ready.
 */
final class ControlPlaneDaemons {
  static final int STORE_PORT = 2379;
  static final int STORE_PEER_PORT = 2380;
  static final int STORE_METRICS_PORT = 2381;

  private static final String HERE = "127.0.0.1";
  private static final String HERE_STORE = "https://" + HERE + ":" + STORE_PORT;

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

  /** The store's members: one, or one for each control plane. */
  List<StoreMember> members() {
    List<ControlPlane> planes = settings.planes();
    return planes.isEmpty()
        ? List.of(new StoreMember("store", settings.nodeName(), HERE, directory.store()))
        : planes.stream()
            .map(plane ->
                new StoreMember(
                    plane.daemon("store"), plane.name(), plane.address(), directory.store(plane)))
            .toList();
  }

  /** In the order in which they are started. */
  List<Daemon> all() {
    List<ControlPlane> planes = settings.planes();
    var daemons = new ArrayList<Daemon>();
    members().forEach(member -> daemons.add(store(member, StoreStart.TOGETHER)));
    if (planes.isEmpty()) {
      daemons.add(
          java(
              "apiserver",
              "apiserver",
              List.of(),
              readyz(HERE),
              apiserverFlags(nodeAddress, HERE_STORE)));
      return daemons;
    }
    for (ControlPlane plane : planes) {
      daemons.add(
          java(
              plane.daemon("apiserver"),
              "apiserver",
              inside(plane),
              readyz(plane.address()),
              apiserverFlags(ControlPlane.FRONT, storesFrom(plane))));
    }
    daemons.add(
        new Daemon(
            "balancer",
            List.of("haproxy", "-db", "-f", directory.balancerConfig().toString()),
            null,
            false));
    return daemons;
  }

  /** A member of the store that begins in this way. */
  Daemon store(StoreMember member, StoreStart start) {
    List<String> prefix =
        settings.planes().stream()
            .filter(plane -> plane.daemon("store").equals(member.daemon()))
            .findFirst()
            .map(this::inside)
            .orElse(List.of());
    return java(
        member.daemon(),
        "store",
        prefix,
        "http://" + member.address() + ":" + STORE_METRICS_PORT + "/readyz",
        storeFlags(member, start));
  }

  private List<String> inside(ControlPlane plane) {
    // Not `ip netns exec`, which hides the cgroups, and with them a JVM's limits.
    return List.of("nsenter", "--net=/run/netns/" + plane.namespace(directory));
  }

  private List<String> storeFlags(StoreMember member, StoreStart start) {
    String clients = member.clientUrl();
    boolean others = start == StoreStart.TOGETHER || start == StoreStart.JOINING;
    var flags =
        new ArrayList<>(
            List.of(
                "--name=" + member.name(),
                "--data-dir=" + member.data(),
                "--listen-client-urls="
                    + (clients.equals(HERE_STORE) ? clients : HERE_STORE + "," + clients),
                "--advertise-client-urls=" + clients,
                "--listen-peer-urls=" + member.peerUrl(),
                "--initial-advertise-peer-urls=" + member.peerUrl(),
                "--initial-cluster="
                    + (others ? members().stream() : Stream.of(member))
                        .map(StoreMember::listed)
                        .collect(Collectors.joining(",")),
                "--listen-metrics-urls=http://" + member.address() + ":" + STORE_METRICS_PORT,
                "--cert-file=" + pki("store/server.crt"),
                "--key-file=" + pki("store/server.key"),
                "--trusted-ca-file=" + pki("store/ca.crt"),
                "--client-cert-auth=true",
                "--peer-cert-file=" + pki("store/peer.crt"),
                "--peer-key-file=" + pki("store/peer.key"),
                "--peer-trusted-ca-file=" + pki("store/ca.crt"),
                "--peer-client-cert-auth=true"));
    switch (start) {
      case JOINING -> flags.add("--initial-cluster-state=existing");
      case FORCED -> flags.add("--force-new-cluster");
      case TOGETHER, ALONE -> {}
    }
    return List.copyOf(flags);
  }

  /**
   * The member beside it, then the others, so that those who lose theirs do not all meet at one.
   */
  private String storesFrom(ControlPlane plane) {
    List<StoreMember> members = members();
    int beside = settings.planes().indexOf(plane);
    return IntStream.range(1, members.size())
        .mapToObj(step -> members.get((beside + step) % members.size()).clientUrl())
        .collect(Collectors.joining(",", HERE_STORE + ",", ""));
  }

  private List<String> apiserverFlags(String advertised, String stores) {
    return List.of(
        "--etcd-servers=" + stores,
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
