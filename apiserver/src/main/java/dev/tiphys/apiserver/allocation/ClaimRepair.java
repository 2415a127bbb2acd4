package dev.tiphys.apiserver.allocation;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.Service;
import dev.tiphys.api.core.v1.ServicePort;
import dev.tiphys.api.core.v1.ServiceSpec;
import dev.tiphys.api.networking.v1.IPAddress;
import dev.tiphys.api.networking.v1.ParentReference;
import dev.tiphys.apiserver.resource.CacheView;
import dev.tiphys.apiserver.strategy.IpText;
import dev.tiphys.apiserver.strategy.allocation.PortRange;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * Compares claims with services and puts right where they differ: a server that ended between
 * taking a claim and writing its service left a claim for nobody; services from before claims were
 * kept have none. Claims of writes in flight look like the former, so only what stays for a while
 * is freed.
 */
public final class ClaimRepair {

  private static final Duration IN_FLIGHT = Duration.ofSeconds(60);

  private final CacheView view;
  private final StoredClaims claims;
  private final PortRange nodePorts;
  private final InstantSource clock;

  /** Ports that nobody has, as seen by the last round, with when they were first seen so. */
  private final Map<Integer, Instant> strayPorts = new TreeMap<>();

  /** Repairs what these claims hold. One thread may use it. */
  public ClaimRepair(
      CacheView view, StoredClaims claims, PortRange nodePorts, InstantSource clock) {
    this.view = view;
    this.claims = claims;
    this.nodePorts = nodePorts;
    this.clock = clock;
  }

  /**
   * One round.
   *
   * @throws dev.tiphys.apiserver.request.ApiException if the store does not answer
   */
  public void run() {
    List<IPAddress> addresses = view.listFresh(Resources.IP_ADDRESSES, "");
    List<Service> services = view.listFresh(Resources.SERVICES, "");
    Instant now = clock.instant();
    Set<String> claimed = new HashSet<>();
    addresses.forEach(address -> claimed.add(String.valueOf(address.metadata().name())));
    Set<String> owned = new HashSet<>();
    BitSet ports = new BitSet(nodePorts.size());
    for (Service service : services) {
      String namespace = String.valueOf(service.metadata().namespace());
      String name = String.valueOf(service.metadata().name());
      for (String ip : addressesOf(service)) {
        owned.add(ip + " " + namespace + "/" + name);
        if (!claimed.contains(ip)) {
          claims.takeAddress(ip, namespace, name);
        }
      }
      portsOf(service).forEach(ports::set);
    }
    for (IPAddress address : addresses) {
      free(address, owned, now);
    }
    repairPorts(ports, now);
  }

  private void free(IPAddress address, Set<String> owned, Instant now) {
    ParentReference parent = address.spec() == null ? null : address.spec().parentRef();
    boolean ours =
        StoredClaims.ALLOCATOR.equals(address.metadata().labels().get(StoredClaims.MANAGED_BY));
    Instant made = address.metadata().creationTimestamp();
    if (!ours || parent == null || made == null || made.plus(IN_FLIGHT).isAfter(now)) {
      return;
    }
    String ip = String.valueOf(address.metadata().name());
    String namespace = String.valueOf(parent.namespace());
    String name = String.valueOf(parent.name());
    if (!owned.contains(ip + " " + namespace + "/" + name)) {
      claims.freeAddress(ip, namespace, name);
    }
  }

  private void repairPorts(BitSet wanted, Instant now) {
    Set<Integer> strays = new HashSet<>();
    claims.change(bits -> {
      strays.clear();
      BitSet extra = (BitSet) bits.clone();
      extra.andNot(wanted);
      extra.stream().forEach(strays::add);
      bits.or(wanted);
      strayPorts.forEach((port, since) -> {
        if (extra.get(port) && since.plus(IN_FLIGHT).isBefore(now)) {
          bits.clear(port);
        }
      });
    });
    strayPorts.keySet().retainAll(strays);
    strays.forEach(port -> strayPorts.putIfAbsent(port, now));
  }

  private static List<String> addressesOf(Service service) {
    ServiceSpec spec = Objects.requireNonNullElse(service.spec(), ServiceSpec.EMPTY);
    return spec.clusterIPs().stream()
        .filter(ip -> !ip.isEmpty() && !ip.equals("None"))
        .map(IpText::canonical)
        .toList();
  }

  private List<Integer> portsOf(Service service) {
    ServiceSpec spec = Objects.requireNonNullElse(service.spec(), ServiceSpec.EMPTY);
    return spec.ports().stream()
        .map(ServicePort::nodePort)
        .filter(Objects::nonNull)
        .filter(port -> nodePorts.contains(port))
        .map(port -> port - nodePorts.first())
        .toList();
  }
}
