package dev.tiphys.kubeproxy.service;

import dev.tiphys.api.core.v1.ClientIPConfig;
import dev.tiphys.api.core.v1.LoadBalancerIngress;
import dev.tiphys.api.core.v1.LoadBalancerStatus;
import dev.tiphys.api.core.v1.Service;
import dev.tiphys.api.core.v1.ServiceSpec;
import dev.tiphys.api.core.v1.ServiceStatus;
import dev.tiphys.api.core.v1.SessionAffinityConfig;
import dev.tiphys.api.discovery.v1.Endpoint;
import dev.tiphys.api.discovery.v1.EndpointConditions;
import dev.tiphys.api.discovery.v1.EndpointPort;
import dev.tiphys.api.discovery.v1.EndpointSlice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Turns Services and EndpointSlices into service ports. A pure function. */
public final class ServicePorts {

  private static final String SERVICE_NAME = "kubernetes.io/service-name";
  private static final String HEADLESS = "service.kubernetes.io/headless";
  private static final String OTHER_PROXY = "service.kubernetes.io/service-proxy-name";
  private static final Duration DEFAULT_AFFINITY = Duration.ofHours(3);

  private final IpFamily family;
  private final String nodeName;
  private final Map<String, List<EndpointSlice>> slicesByService = new HashMap<>();

  private ServicePorts(IpFamily family, String nodeName) {
    this.family = family;
    this.nodeName = nodeName;
  }

  /**
   * All service ports of a family that this node must serve, in a stable order.
   *
   * @param nodeName to tell this node's endpoints from others
   */
  public static List<ServicePort> of(
      IpFamily family,
      Collection<Service> services,
      Collection<EndpointSlice> slices,
      String nodeName) {
    ServicePorts all = new ServicePorts(family, nodeName);
    for (EndpointSlice slice : slices) {
      String service = slice.metadata().labels().get(SERVICE_NAME);
      if (service != null
          && family.text().equals(slice.addressType())
          && !slice.metadata().labels().containsKey(HEADLESS)) {
        all.slicesByService
            .computeIfAbsent(slice.metadata().namespace() + "/" + service, _ -> new ArrayList<>())
            .add(slice);
      }
    }
    return services.stream()
        .filter(all::isServed)
        .sorted(
            Comparator.comparing((Service service) -> orEmpty(service.metadata().namespace()))
                .thenComparing(service -> orEmpty(service.metadata().name())))
        .flatMap(service -> all.ports(service).stream())
        .toList();
  }

  private boolean isServed(Service service) {
    ServiceSpec spec = service.spec();
    return spec != null
        && !clusterIp(spec).isEmpty()
        && !"ExternalName".equals(spec.type())
        && !service.metadata().labels().containsKey(OTHER_PROXY);
  }

  /** The service's address of this family; empty if it has none. */
  private String clusterIp(ServiceSpec spec) {
    List<String> ips =
        spec.clusterIPs().isEmpty() ? List.of(orEmpty(spec.clusterIP())) : spec.clusterIPs();
    return ips.stream()
        .filter(ip -> !ip.isEmpty() && !ip.equals("None") && family.holds(ip))
        .findFirst()
        .orElse("");
  }

  private List<ServicePort> ports(Service service) {
    ServiceSpec spec = Objects.requireNonNull(service.spec());
    List<ServicePort> ports = new ArrayList<>();
    for (var port : spec.ports()) {
      String portName = orEmpty(port.name());
      Protocol protocol = protocol(port.protocol());
      ports.add(
          new ServicePort(
              orEmpty(service.metadata().namespace()),
              orEmpty(service.metadata().name()),
              portName,
              protocol,
              clusterIp(spec),
              orZero(port.port()),
              orZero(port.nodePort()),
              externalIps(service, spec),
              spec.loadBalancerSourceRanges().stream()
                  .map(String::strip)
                  .filter(family::holds)
                  .toList(),
              "Local".equals(spec.externalTrafficPolicy()),
              "Local".equals(spec.internalTrafficPolicy()),
              affinity(spec),
              backends(service, portName, protocol)));
    }
    return ports;
  }

  private List<String> externalIps(Service service, ServiceSpec spec) {
    List<String> ips = new ArrayList<>(spec.externalIPs());
    ServiceStatus status = service.status();
    LoadBalancerStatus balancer = status == null ? null : status.loadBalancer();
    if (balancer != null) {
      for (LoadBalancerIngress ingress : balancer.ingress()) {
        // With mode Proxy the balancer rewrites the destination itself and must not be bypassed.
        if (ingress.ip() != null && !"Proxy".equals(ingress.ipMode())) {
          ips.add(ingress.ip());
        }
      }
    }
    return ips.stream().filter(family::holds).distinct().toList();
  }

  private static Optional<Duration> affinity(ServiceSpec spec) {
    if (!"ClientIP".equals(spec.sessionAffinity())) {
      return Optional.empty();
    }
    SessionAffinityConfig config = spec.sessionAffinityConfig();
    ClientIPConfig clientIp = config == null ? null : config.clientIP();
    Integer seconds = clientIp == null ? null : clientIp.timeoutSeconds();
    return Optional.of(seconds == null ? DEFAULT_AFFINITY : Duration.ofSeconds(seconds));
  }

  private List<Backend> backends(Service service, String portName, Protocol protocol) {
    String key = service.metadata().namespace() + "/" + service.metadata().name();
    // While endpoints move from one slice to another, both may list them: one entry an address.
    Map<String, Backend> byAddress = new TreeMap<>();
    for (EndpointSlice slice : slicesByService.getOrDefault(key, List.of())) {
      for (EndpointPort port : slice.ports()) {
        Integer number = port.port();
        if (number != null
            && orEmpty(port.name()).equals(portName)
            && protocol(port.protocol()) == protocol) {
          for (Endpoint endpoint : slice.endpoints()) {
            Backend backend = backend(endpoint, number);
            byAddress.merge(backend.address(), backend, (old, young) -> old.ready() ? old : young);
          }
        }
      }
    }
    return List.copyOf(byAddress.values());
  }

  private Backend backend(Endpoint endpoint, int port) {
    EndpointConditions conditions = endpoint.conditions();
    // Absent means ready, says the API; serving follows ready where it is not told.
    boolean ready = conditions == null || !Boolean.FALSE.equals(conditions.ready());
    Boolean serving = conditions == null ? null : conditions.serving();
    boolean terminating = conditions != null && Boolean.TRUE.equals(conditions.terminating());
    return new Backend(
        endpoint.addresses().isEmpty() ? "" : endpoint.addresses().getFirst(),
        port,
        ready,
        serving == null ? ready : serving,
        terminating,
        nodeName.equals(endpoint.nodeName()));
  }

  private static Protocol protocol(@Nullable String name) {
    return name == null || name.isEmpty() ? Protocol.TCP : Protocol.valueOf(name);
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static int orZero(@Nullable Integer number) {
    return number == null ? 0 : number;
  }
}
