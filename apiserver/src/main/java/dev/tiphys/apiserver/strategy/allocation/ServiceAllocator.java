package dev.tiphys.apiserver.strategy.allocation;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.Service;
import dev.tiphys.api.core.v1.ServicePort;
import dev.tiphys.api.core.v1.ServiceSpec;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.strategy.ClusterView;
import dev.tiphys.apiserver.strategy.IpText;
import dev.tiphys.apiserver.strategy.Reservation;
import dev.tiphys.apiserver.strategy.Strategy.Reserved;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Gives services their cluster IPs and node ports. Services that are stored tell what is likely
 * free; {@link Claims}, which all servers share, decide. What is claimed for a write is given back
 * if the write fails. Thread-safe.
 */
public final class ServiceAllocator {

  private static final Path SPEC = Path.of("spec");

  private final ClusterView view;
  private final Claims claims;
  private final OpenRanges ranges;
  private final PortRange nodePorts;
  private final RandomGenerator random;

  /** Allocates from these ranges, and from those that ServiceCIDRs add. */
  public ServiceAllocator(
      ClusterView view,
      Claims claims,
      ServiceRanges addresses,
      PortRange nodePorts,
      RandomGenerator random) {
    this.view = view;
    this.claims = claims;
    this.ranges = new OpenRanges(view, addresses);
    this.nodePorts = nodePorts;
    this.random = random;
  }

  /** The families that services may have, {@code IPv4} and {@code IPv6}; the default first. */
  public List<String> families() {
    return ranges.families();
  }

  /**
   * Fills in what a service lacks and claims it. Its families are known.
   *
   * @param old null on create
   * @param dryRun whether to claim nothing
   * @throws ApiException if a value asked for is taken or out of range, or none is left
   */
  public Reserved<Service> reserve(Service service, @Nullable Service old, boolean dryRun) {
    Attempt attempt = new Attempt(service, old, dryRun);
    boolean done = false;
    try {
      Service filled = attempt.run();
      if (!attempt.errors.isEmpty()) {
        throw ApiException.invalid("", "Service", attempt.name, attempt.errors);
      }
      done = true;
      return new Reserved<>(filled, new Held(attempt, old, filled));
    } finally {
      if (!done) {
        attempt.giveBack();
      }
    }
  }

  /** Gives back what a deleted service had. */
  public void free(Service service) {
    free(service, Service.builder().build());
  }

  /** Gives back what a service had and has no more. */
  private void free(Service before, Service after) {
    String namespace = text(before.metadata().namespace());
    String name = text(before.metadata().name());
    List<String> kept = addressesOf(after);
    for (String ip : addressesOf(before)) {
      if (!kept.contains(ip)) {
        claims.freeAddress(ip, namespace, name);
      }
    }
    Set<Integer> ports = portsOf(before);
    ports.removeAll(portsOf(after));
    ports.stream().filter(nodePorts::contains).forEach(claims::freePort);
  }

  private static List<String> addressesOf(Service service) {
    ServiceSpec spec = service.spec() == null ? ServiceSpec.EMPTY : service.spec();
    return spec.clusterIPs().stream()
        .filter(ip -> !ip.isEmpty() && !ip.equals("None"))
        .map(IpText::canonical)
        .toList();
  }

  private static Set<Integer> portsOf(Service service) {
    Set<Integer> ports = new HashSet<>();
    if (service.spec() != null) {
      for (ServicePort port : service.spec().ports()) {
        if (port.nodePort() != null && port.nodePort() != 0) {
          ports.add(port.nodePort());
        }
      }
      if (service.spec().healthCheckNodePort() != null) {
        ports.add(service.spec().healthCheckNodePort());
      }
    }
    return ports;
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }

  /** What a write holds: all of it stays with a stored service, none with one that is not. */
  private final class Held implements Reservation {
    private final Attempt attempt;
    private final @Nullable Service old;
    private final Service filled;

    Held(Attempt attempt, @Nullable Service old, Service filled) {
      this.attempt = attempt;
      this.old = old;
      this.filled = filled;
    }

    @Override
    public void commit() {
      if (old != null) {
        free(old, filled);
      }
    }

    @Override
    public void release() {
      attempt.giveBack();
    }
  }

  private record Taken(Set<String> addresses, Set<Integer> ports) {

    static Taken by(List<Service> services, Service except) {
      Set<String> addresses = new HashSet<>();
      Set<Integer> ports = new HashSet<>();
      for (Service service : services) {
        ServiceSpec spec = service.spec();
        boolean same =
            Objects.equals(service.metadata().namespace(), except.metadata().namespace())
                && Objects.equals(service.metadata().name(), except.metadata().name());
        if (spec != null && !same) {
          addresses.addAll(addressesOf(service));
          ports.addAll(portsOf(service));
        }
      }
      return new Taken(addresses, ports);
    }
  }

  private final class Attempt {
    private final Service service;
    private final ServiceSpec spec;
    private final ServiceSpec before;
    private final Taken taken;
    private final String namespace;
    private final String name;
    private final boolean dryRun;
    private final List<FieldError> errors = new ArrayList<>();
    private final List<String> newAddresses = new ArrayList<>();
    private final List<Integer> newPorts = new ArrayList<>();

    Attempt(Service service, @Nullable Service old, boolean dryRun) {
      this.service = service;
      this.spec = service.spec() == null ? ServiceSpec.EMPTY : service.spec();
      this.before = old == null || old.spec() == null ? ServiceSpec.EMPTY : old.spec();
      this.taken = Taken.by(view.listFresh(Resources.SERVICES, ""), service);
      this.namespace = text(service.metadata().namespace());
      this.name = text(service.metadata().name());
      this.dryRun = dryRun;
    }

    void giveBack() {
      newAddresses.forEach(ip -> claims.freeAddress(ip, namespace, name));
      newPorts.forEach(claims::freePort);
      newAddresses.clear();
      newPorts.clear();
    }

    /** Takes an address; false if somebody has it. */
    private boolean take(String ip) {
      if (taken.addresses().contains(ip)) {
        return false;
      }
      if (dryRun) {
        return true;
      }
      if (!claims.takeAddress(ip, namespace, name)) {
        taken.addresses().add(ip);
        return false;
      }
      newAddresses.add(ip);
      return true;
    }

    private boolean take(int port) {
      if (taken.ports().contains(port)) {
        return false;
      }
      if (dryRun) {
        return true;
      }
      if (!claims.takePort(port)) {
        taken.ports().add(port);
        return false;
      }
      newPorts.add(port);
      return true;
    }

    Service run() {
      if ("ExternalName".equals(spec.type())) {
        return service;
      }
      return service.withSpec(withNodePorts(withClusterIps(spec)));
    }

    /** One address for each family; what the service has had stays. */
    private ServiceSpec withClusterIps(ServiceSpec wanted) {
      boolean had = !before.clusterIPs().isEmpty() && !"ExternalName".equals(before.type());
      boolean headless = "None".equals(wanted.clusterIP()) || "None".equals(before.clusterIP());
      boolean upgraded = wanted.ipFamilies().size() > before.ipFamilies().size();
      if (headless || had && !upgraded) {
        return wanted;
      }
      List<String> ips = new ArrayList<>(wanted.clusterIPs());
      for (int i = had ? before.clusterIPs().size() : 0; i < wanted.ipFamilies().size(); i++) {
        if (i >= ips.size()) {
          ips.add(free(wanted.ipFamilies().get(i)));
        } else {
          claim(ips.get(i), wanted);
        }
      }
      return wanted.toBuilder().clusterIP(ips.getFirst()).clusterIPs(ips).build();
    }

    private void claim(String ip, ServiceSpec wanted) {
      if (ranges.of(IpText.family(ip)).stream().noneMatch(range -> range.contains(ip))) {
        refuse(ip, wanted, "the provided network does not match the current range");
      } else if (!take(IpText.canonical(ip))) {
        refuse(ip, wanted, "provided IP is already allocated");
      }
    }

    private void refuse(String ip, ServiceSpec wanted, String why) {
      errors.add(
          FieldError.invalid(
              SPEC.child("clusterIPs"),
              wanted.clusterIPs(),
              "failed to allocate IP " + ip + ": " + why));
    }

    private String free(String family) {
      for (AddressRange range : ranges.of(family)) {
        long band = range.staticBand();
        String above = free(range, band + 1, range.size());
        String found = above != null ? above : free(range, 1, band);
        if (found != null) {
          return found;
        }
      }
      throw ApiException.internal("failed to allocate a serviceIP: range is full", null);
    }

    /** Somewhere in the band, then the next free one, around. */
    private @Nullable String free(AddressRange range, long first, long last) {
      long count = last - first + 1;
      if (count <= 0) {
        return null;
      }
      long start = random.nextLong(count);
      for (long i = 0; i < count; i++) {
        String candidate = range.at(first + (start + i) % count);
        if (take(candidate)) {
          return candidate;
        }
      }
      return null;
    }

    private ServiceSpec withNodePorts(ServiceSpec wanted) {
      if (!usesNodePorts(wanted)) {
        return wanted;
      }
      boolean optional =
          "LoadBalancer".equals(wanted.type())
              && Boolean.FALSE.equals(wanted.allocateLoadBalancerNodePorts());
      List<ServicePort> ports = new ArrayList<>();
      Set<Integer> own = new HashSet<>();
      before.ports().stream().map(ServicePort::nodePort).filter(Objects::nonNull).forEach(own::add);
      for (int i = 0; i < wanted.ports().size(); i++) {
        ServicePort port = wanted.ports().get(i);
        Integer asked = port.nodePort();
        if (asked != null && asked != 0) {
          check(SPEC.child("ports").index(i).child("nodePort"), asked, own);
          ports.add(port);
        } else {
          ports.add(optional ? port : port.withNodePort(choose(own)));
        }
      }
      return withHealthPort(wanted.withPorts(ports), own);
    }

    /** Where a load balancer asks whether a node has endpoints of the service. */
    private ServiceSpec withHealthPort(ServiceSpec wanted, Set<Integer> own) {
      if (!needsHealthPort(wanted)) {
        return wanted;
      }
      if (before.healthCheckNodePort() != null) {
        own.add(before.healthCheckNodePort());
      }
      Integer asked = wanted.healthCheckNodePort();
      if (asked == null || asked == 0) {
        return wanted.withHealthCheckNodePort(choose(own));
      }
      check(SPEC.child("healthCheckNodePort"), asked, own);
      return wanted;
    }

    private void check(Path path, int port, Set<Integer> own) {
      if (own.contains(port)) {
        return;
      }
      if (!nodePorts.contains(port)) {
        errors.add(
            FieldError.invalid(
                path,
                port,
                "provided port is not in the valid range. The range of valid ports is "
                    + nodePorts));
      } else if (!take(port)) {
        errors.add(FieldError.invalid(path, port, "provided port is already allocated"));
      } else {
        // Two ports of one service may share a node port if their protocols differ.
        own.add(port);
      }
    }

    private int choose(Set<Integer> own) {
      int start = random.nextInt(nodePorts.size());
      for (int i = 0; i < nodePorts.size(); i++) {
        int candidate = nodePorts.first() + (start + i) % nodePorts.size();
        if (!own.contains(candidate) && take(candidate)) {
          own.add(candidate);
          return candidate;
        }
      }
      throw ApiException.internal(
          "failed to allocate a nodePort: range is full, no ports are left in " + nodePorts, null);
    }
  }

  /** Whether load balancers ask nodes of their own accord for a service of that spec. */
  public static boolean needsHealthPort(ServiceSpec spec) {
    return "LoadBalancer".equals(spec.type()) && "Local".equals(spec.externalTrafficPolicy());
  }

  /** Whether a service of that spec has node ports. */
  public static boolean usesNodePorts(ServiceSpec spec) {
    return "NodePort".equals(spec.type()) || "LoadBalancer".equals(spec.type());
  }
}
