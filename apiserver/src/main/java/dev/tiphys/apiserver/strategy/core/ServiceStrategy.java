package dev.tiphys.apiserver.strategy.core;

import dev.tiphys.api.core.v1.ClientIPConfig;
import dev.tiphys.api.core.v1.Service;
import dev.tiphys.api.core.v1.ServicePort;
import dev.tiphys.api.core.v1.ServiceSpec;
import dev.tiphys.api.core.v1.SessionAffinityConfig;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.value.IntOrString;
import dev.tiphys.apiserver.strategy.Strategy;
import dev.tiphys.apiserver.strategy.allocation.ServiceAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rules of Service, for a cluster with one family of addresses, IPv4. */
public final class ServiceStrategy implements Strategy<Service> {

  private static final int THREE_HOURS = 10800;

  private final ServiceAllocator allocator;

  /** With who gives out addresses and node ports. */
  public ServiceStrategy(ServiceAllocator allocator) {
    this.allocator = allocator;
  }

  @Override
  public List<String> nameFaults(String name, boolean prefix) {
    return DnsNames.rfc1035Label(prefix ? DnsNames.maskTrailingDash(name) : name);
  }

  @Override
  public Service withDefaults(Service service) {
    ServiceSpec spec = service.spec() == null ? ServiceSpec.EMPTY : service.spec();
    String type = spec.type() == null ? "ClusterIP" : spec.type();
    boolean internal = !type.equals("ExternalName");
    ServiceSpec.Builder filled =
        spec.toBuilder()
            .type(type)
            .sessionAffinity(spec.sessionAffinity() == null ? "None" : spec.sessionAffinity())
            .ports(portsWithDefaults(spec));
    if (internal) {
      filled
          .internalTrafficPolicy(
              spec.internalTrafficPolicy() == null ? "Cluster" : spec.internalTrafficPolicy())
          .ipFamilies(spec.ipFamilies().isEmpty() ? List.of("IPv4") : spec.ipFamilies())
          .ipFamilyPolicy(spec.ipFamilyPolicy() == null ? "SingleStack" : spec.ipFamilyPolicy());
      if (spec.clusterIPs().isEmpty() && spec.clusterIP() != null && !spec.clusterIP().isEmpty()) {
        filled.clusterIPs(List.of(spec.clusterIP()));
      } else if (spec.clusterIP() == null && !spec.clusterIPs().isEmpty()) {
        filled.clusterIP(spec.clusterIPs().getFirst());
      }
    }
    if ("ClientIP".equals(spec.sessionAffinity()) && spec.sessionAffinityConfig() == null) {
      filled.sessionAffinityConfig(
          SessionAffinityConfig.builder()
              .clientIP(ClientIPConfig.builder().timeoutSeconds(THREE_HOURS).build())
              .build());
    }
    if (ServiceAllocator.usesNodePorts(spec) || !spec.externalIPs().isEmpty()) {
      filled.externalTrafficPolicy(
          spec.externalTrafficPolicy() == null ? "Cluster" : spec.externalTrafficPolicy());
    }
    if (type.equals("LoadBalancer") && spec.allocateLoadBalancerNodePorts() == null) {
      filled.allocateLoadBalancerNodePorts(true);
    }
    return service.withSpec(filled.build());
  }

  private static List<ServicePort> portsWithDefaults(ServiceSpec spec) {
    List<ServicePort> ports = new ArrayList<>();
    for (ServicePort port : spec.ports()) {
      ServicePort.Builder filled = port.toBuilder();
      if (port.protocol() == null) {
        filled.protocol("TCP");
      }
      if (port.targetPort() == null && port.port() != null) {
        filled.targetPort(IntOrString.of(port.port()));
      }
      ports.add(filled.build());
    }
    return ports;
  }

  @Override
  public void validate(Service service, FieldErrors errors) {
    ServiceValidation.validate(service, errors);
  }

  @Override
  public Service prepareForUpdate(Service service, Service old) {
    Service kept = Strategy.super.prepareForUpdate(service, old);
    ServiceSpec spec = kept.spec() == null ? ServiceSpec.EMPTY : kept.spec();
    ServiceSpec before = old.spec() == null ? ServiceSpec.EMPTY : old.spec();
    if ("ExternalName".equals(spec.type()) && !"ExternalName".equals(before.type())) {
      // Whoever turns a service into a name gives up its addresses without having to say so.
      return kept.withSpec(
          spec.toBuilder()
              .clusterIP(null)
              .clusterIPs(List.of())
              .ipFamilies(List.of())
              .ipFamilyPolicy(null)
              .internalTrafficPolicy(null)
              .build());
    }
    ServiceSpec.Builder filled = spec.toBuilder();
    if ((spec.clusterIP() == null || spec.clusterIP().isEmpty()) && before.clusterIP() != null) {
      filled.clusterIP(before.clusterIP()).clusterIPs(before.clusterIPs());
    }
    keepWhatItsTypeNeeds(spec, before, filled);
    return kept.withSpec(filled.ports(keepNodePorts(spec, before)).build());
  }

  /**
   * A client that leaves out what was given keeps it; and whoever only changes the type need not
   * take away by hand what the other type had.
   */
  private static void keepWhatItsTypeNeeds(
      ServiceSpec spec, ServiceSpec before, ServiceSpec.Builder filled) {
    Integer health = before.healthCheckNodePort();
    boolean lacks = spec.healthCheckNodePort() == null || spec.healthCheckNodePort() == 0;
    if (ServiceAllocator.needsHealthPort(before) && health != null) {
      if (!ServiceAllocator.needsHealthPort(spec)) {
        filled.healthCheckNodePort(
            health.equals(spec.healthCheckNodePort()) ? null : spec.healthCheckNodePort());
      } else if (lacks) {
        filled.healthCheckNodePort(health);
      }
    }
    if ("LoadBalancer".equals(before.type()) && !"LoadBalancer".equals(spec.type())) {
      if (Objects.equals(
          spec.allocateLoadBalancerNodePorts(), before.allocateLoadBalancerNodePorts())) {
        filled.allocateLoadBalancerNodePorts(null);
      }
      if (Objects.equals(spec.loadBalancerClass(), before.loadBalancerClass())) {
        filled.loadBalancerClass(null);
      }
    }
    if (ServiceAllocator.usesNodePorts(before)
        && !ServiceAllocator.usesNodePorts(spec)
        && spec.externalIPs().isEmpty()
        && Objects.equals(spec.externalTrafficPolicy(), before.externalTrafficPolicy())) {
      filled.externalTrafficPolicy(null);
    }
  }

  /** A client that leaves node ports out, as apply does, keeps those that were given. */
  private static List<ServicePort> keepNodePorts(ServiceSpec spec, ServiceSpec before) {
    if (!ServiceAllocator.usesNodePorts(spec)) {
      // Back to ClusterIP: ports that were given earlier are given back.
      boolean had = ServiceAllocator.usesNodePorts(before);
      return had ? spec.ports().stream().map(p -> p.withNodePort(null)).toList() : spec.ports();
    }
    List<ServicePort> ports = new ArrayList<>();
    for (ServicePort port : spec.ports()) {
      boolean lacks = port.nodePort() == null || port.nodePort() == 0;
      ServicePort same = lacks ? find(before.ports(), port) : null;
      ports.add(same == null ? port : port.withNodePort(same.nodePort()));
    }
    return ports;
  }

  private static @Nullable ServicePort find(List<ServicePort> ports, ServicePort wanted) {
    for (ServicePort port : ports) {
      if (Objects.equals(port.port(), wanted.port())
          && Objects.equals(port.protocol(), wanted.protocol())) {
        return port;
      }
    }
    return null;
  }

  @Override
  public void validateUpdate(Service service, Service old, FieldErrors errors) {
    ServiceValidation.validateUpdate(service, old, errors);
  }

  @Override
  public void validateStatusUpdate(Service service, Service old, FieldErrors errors) {
    ServiceValidation.validateStatus(service, errors);
  }

  @Override
  public Reserved<Service> reserve(Service service, @Nullable Service old, boolean dryRun) {
    return allocator.reserve(service, old, dryRun);
  }

  @Override
  public void freed(Service service) {
    allocator.free(service);
  }

  @Override
  public boolean createsOnUpdate() {
    return false;
  }

  @Override
  public boolean countsGenerations(Service service) {
    return false;
  }

  @Override
  public List<String> selectableFields() {
    return List.of("spec.clusterIP", "spec.type");
  }

  @Override
  public String fieldValue(Service service, String field) {
    ServiceSpec spec = service.spec() == null ? ServiceSpec.EMPTY : service.spec();
    String value = field.equals("spec.type") ? spec.type() : spec.clusterIP();
    return value == null ? "" : value;
  }
}
