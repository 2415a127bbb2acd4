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

/** The rules of Service, for a cluster with service addresses of one family or of both. */
public final class ServiceStrategy implements Strategy<Service> {

  private static final int THREE_HOURS = 10800;

  private final ServiceAllocator allocator;
  private final ServiceFamilies families;

  /** With who gives out addresses and node ports. */
  public ServiceStrategy(ServiceAllocator allocator) {
    this.allocator = allocator;
    this.families = new ServiceFamilies(allocator.families());
  }

  @Override
  public List<String> nameFaults(String name, boolean prefix) {
    return DnsNames.rfc1035Label(prefix ? DnsNames.maskTrailingDash(name) : name);
  }

  @Override
  public Service withDefaults(Service service) {
    ServiceSpec spec = spec(service);
    String type = spec.type() == null ? "ClusterIP" : spec.type();
    boolean internal = !type.equals("ExternalName");
    ServiceSpec.Builder filled =
        spec.toBuilder()
            .type(type)
            .sessionAffinity(spec.sessionAffinity() == null ? "None" : spec.sessionAffinity())
            .ports(portsWithDefaults(spec));
    if (internal) {
      filled.internalTrafficPolicy(
          spec.internalTrafficPolicy() == null ? "Cluster" : spec.internalTrafficPolicy());
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
  public Service prepareForCreate(Service service) {
    Service made = Strategy.super.prepareForCreate(service);
    ServiceSpec spec = spec(made);
    boolean singular = !text(spec.clusterIP()).isEmpty() && spec.clusterIPs().isEmpty();
    ServiceSpec plural = singular ? spec.withClusterIPs(List.of(text(spec.clusterIP()))) : spec;
    return made.withSpec(families.fill(plural, null).spec());
  }

  @Override
  public void validate(Service service, FieldErrors errors) {
    FieldErrors first = families.fill(spec(service), null).errors();
    first.list().forEach(errors::add);
    if (first.isEmpty()) {
      ServiceValidation.validate(service, errors);
    }
  }

  @Override
  public Service prepareForUpdate(Service service, Service old) {
    Service kept = Strategy.super.prepareForUpdate(service, old);
    ServiceSpec before = families.ofStored(spec(old));
    ServiceSpec spec = withoutAddresses(withGivenAddresses(spec(kept), before), before);
    spec = families.fill(spec, before).spec();
    ServiceSpec.Builder filled = spec.toBuilder();
    keepWhatItsTypeNeeds(spec, before, filled);
    return kept.withSpec(filled.ports(keepNodePorts(spec, before)).build());
  }

  /** Whoever turns a service into a name gives up its addresses without having to say so. */
  private static ServiceSpec withoutAddresses(ServiceSpec spec, ServiceSpec before) {
    if (!"ExternalName".equals(spec.type()) || "ExternalName".equals(before.type())) {
      return spec;
    }
    ServiceSpec.Builder bare = spec.toBuilder().internalTrafficPolicy(null);
    if (spec.clusterIPs().isEmpty() || spec.clusterIPs().equals(before.clusterIPs())) {
      bare.clusterIP(null).clusterIPs(List.of());
    }
    if (spec.ipFamilies().equals(before.ipFamilies())) {
      bare.ipFamilies(List.of());
    }
    if (Objects.equals(spec.ipFamilyPolicy(), before.ipFamilyPolicy())) {
      bare.ipFamilyPolicy(null);
    }
    return bare.build();
  }

  /**
   * Makes {@code clusterIP} and {@code clusterIPs} say the same where a client knows of one only,
   * and keeps what a client leaves out.
   */
  private static ServiceSpec withGivenAddresses(ServiceSpec spec, ServiceSpec before) {
    String had = text(before.clusterIP());
    String ip = text(spec.clusterIP());
    List<String> ips = spec.clusterIPs();
    if (!"ExternalName".equals(spec.type()) && !"ExternalName".equals(before.type())) {
      ip = ip.isEmpty() ? had : ip;
      ips = ips.isEmpty() && ip.equals(had) ? before.clusterIPs() : ips;
    }
    if (!ip.equals(had) && ips.equals(before.clusterIPs())) {
      ips = ip.isEmpty() ? List.of() : List.of(ip);
    }
    return spec.toBuilder().clusterIP(ip.isEmpty() ? null : ip).clusterIPs(ips).build();
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
    ServiceSpec before = families.ofStored(spec(old));
    FieldErrors first = families.fill(spec(service), before).errors();
    first.list().forEach(errors::add);
    if (first.isEmpty()) {
      ServiceValidation.validateUpdate(service, old.withSpec(before), errors);
    }
  }

  @Override
  public void validateStatusUpdate(Service service, Service old, FieldErrors errors) {
    ServiceValidation.validateStatus(service, errors);
  }

  @Override
  public List<String> warnings(Service service, @Nullable Service old) {
    return ServiceWarnings.of(service);
  }

  @Override
  public List<String> statusWarnings(Service service) {
    return ServiceWarnings.ofStatus(service);
  }

  @Override
  public Reserved<Service> reserve(Service service, @Nullable Service old, boolean dryRun) {
    return allocator.reserve(service, old, dryRun);
  }

  @Override
  public void freed(Service service) {
    allocator.free(service);
  }

  private static ServiceSpec spec(Service service) {
    return service.spec() == null ? ServiceSpec.EMPTY : service.spec();
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
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
    ServiceSpec spec = spec(service);
    String value = field.equals("spec.type") ? spec.type() : spec.clusterIP();
    return value == null ? "" : value;
  }
}
