package dev.tiphys.apiserver.strategy.allocation;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.Service;
import dev.tiphys.api.core.v1.ServicePort;
import dev.tiphys.api.core.v1.ServiceSpec;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.strategy.ClusterView;
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
 * Gives services their cluster IPs and node ports. What is taken is what stored services have and
 * what writes in flight hold; the latter lie in this process, so two API servers beside each other
 * may, within the round trip of a write, choose alike.
 *
 * <p>Thread-safe; it owns its lock.
 */
public final class ServiceAllocator {

  private static final Path SPEC = Path.of("spec");

  private final ClusterView view;
  private final AddressRange addresses;
  private final PortRange nodePorts;
  private final RandomGenerator random;
  private final Set<String> heldAddresses = new HashSet<>();
  private final Set<Integer> heldPorts = new HashSet<>();

  /** Allocates from these ranges, avoiding what the services in the view have. */
  public ServiceAllocator(
      ClusterView view, AddressRange addresses, PortRange nodePorts, RandomGenerator random) {
    this.view = view;
    this.addresses = addresses;
    this.nodePorts = nodePorts;
    this.random = random;
  }

  /**
   * Fills in what a service lacks and holds it until the reservation ends.
   *
   * @param old null on create
   * @throws ApiException if a value asked for is taken or out of range, or none is left
   */
  public synchronized Reserved<Service> reserve(Service service, @Nullable Service old) {
    Taken taken = Taken.by(view.listFresh(Resources.SERVICES, ""), service);
    taken.addresses().addAll(heldAddresses);
    taken.ports().addAll(heldPorts);
    Attempt attempt = new Attempt(service, old, taken);
    Service filled = attempt.run();
    if (!attempt.errors.isEmpty()) {
      throw ApiException.invalid(
          "", "Service", String.valueOf(service.metadata().name()), attempt.errors);
    }
    heldAddresses.addAll(attempt.newAddresses);
    heldPorts.addAll(attempt.newPorts);
    return new Reserved<>(filled, new Held(attempt.newAddresses, attempt.newPorts));
  }

  /** Committed or not, the stored services tell from now on. */
  private final class Held implements Reservation {
    private final List<String> ips;
    private final List<Integer> ports;

    Held(List<String> ips, List<Integer> ports) {
      this.ips = ips;
      this.ports = ports;
    }

    @Override
    public void commit() {
      release();
    }

    @Override
    public void release() {
      synchronized (ServiceAllocator.this) {
        ips.forEach(heldAddresses::remove);
        ports.forEach(heldPorts::remove);
      }
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
          addresses.addAll(spec.clusterIPs());
          if (spec.clusterIP() != null) {
            addresses.add(spec.clusterIP());
          }
          for (ServicePort port : spec.ports()) {
            if (port.nodePort() != null) {
              ports.add(port.nodePort());
            }
          }
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
    private final List<FieldError> errors = new ArrayList<>();
    private final List<String> newAddresses = new ArrayList<>();
    private final List<Integer> newPorts = new ArrayList<>();

    Attempt(Service service, @Nullable Service old, Taken taken) {
      this.service = service;
      this.spec = service.spec() == null ? ServiceSpec.EMPTY : service.spec();
      this.before = old == null || old.spec() == null ? ServiceSpec.EMPTY : old.spec();
      this.taken = taken;
    }

    Service run() {
      if ("ExternalName".equals(spec.type())) {
        return service;
      }
      return service.withSpec(withNodePorts(withClusterIp(spec)));
    }

    private ServiceSpec withClusterIp(ServiceSpec wanted) {
      String ip = wanted.clusterIP();
      if ("None".equals(ip) || (ip != null && !ip.isEmpty() && ip.equals(before.clusterIP()))) {
        return wanted;
      }
      if (ip == null || ip.isEmpty()) {
        String chosen = free();
        if (chosen == null) {
          throw ApiException.internal(
              "failed to allocate a serviceIP: range is full, no addresses are left in "
                  + addresses.at(0)
                  + "/"
                  + addresses.prefix(),
              null);
        }
        newAddresses.add(chosen);
        return wanted.toBuilder().clusterIP(chosen).clusterIPs(List.of(chosen)).build();
      }
      if (!addresses.contains(ip)) {
        refuse(
            ip,
            "the provided IP ("
                + ip
                + ") is not in the valid range. The range of valid IPs is "
                + addresses.at(0)
                + "/"
                + addresses.prefix());
      } else if (taken.addresses().contains(ip)) {
        refuse(ip, "provided IP is already allocated");
      } else {
        newAddresses.add(ip);
      }
      return wanted.withClusterIPs(List.of(ip));
    }

    private void refuse(String ip, String why) {
      errors.add(
          FieldError.invalid(
              SPEC.child("clusterIPs"), List.of(ip), "failed to allocate IP " + ip + ": " + why));
    }

    private @Nullable String free() {
      long band = addresses.staticBand();
      String above = free(band + 1, addresses.size());
      return above != null ? above : free(1, band);
    }

    /** Somewhere in the band, then the next free one, around. */
    private @Nullable String free(long first, long last) {
      long count = last - first + 1;
      if (count <= 0) {
        return null;
      }
      long start = random.nextLong(count);
      for (long i = 0; i < count; i++) {
        String candidate = addresses.at(first + (start + i) % count);
        if (!taken.addresses().contains(candidate)) {
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
      return wanted.withPorts(ports);
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
      } else if (taken.ports().contains(port)) {
        errors.add(FieldError.invalid(path, port, "provided port is already allocated"));
      } else {
        // Two ports of one service may share a node port if their protocols differ.
        newPorts.add(port);
        own.add(port);
      }
    }

    private int choose(Set<Integer> own) {
      int start = random.nextInt(nodePorts.size());
      for (int i = 0; i < nodePorts.size(); i++) {
        int candidate = nodePorts.first() + (start + i) % nodePorts.size();
        if (!taken.ports().contains(candidate) && own.add(candidate)) {
          newPorts.add(candidate);
          return candidate;
        }
      }
      throw ApiException.internal(
          "failed to allocate a nodePort: range is full, no ports are left in " + nodePorts, null);
    }
  }

  /** Whether a service of that spec has node ports. */
  public static boolean usesNodePorts(ServiceSpec spec) {
    return "NodePort".equals(spec.type()) || "LoadBalancer".equals(spec.type());
  }
}
