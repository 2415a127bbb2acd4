package dev.tiphys.apiserver.strategy.core;

import dev.tiphys.api.core.v1.LoadBalancerIngress;
import dev.tiphys.api.core.v1.Service;
import dev.tiphys.api.core.v1.ServicePort;
import dev.tiphys.api.core.v1.ServiceSpec;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.names.FieldNames;
import dev.tiphys.api.names.LabelNames;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.IpText;
import dev.tiphys.apiserver.strategy.allocation.ServiceAllocator;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** What is wrong with a Service, in the API's words. Pure functions. */
final class ServiceValidation {

  private static final Path SPEC = Path.of("spec");
  private static final List<String> TYPES =
      List.of("ClusterIP", "ExternalName", "LoadBalancer", "NodePort");
  private static final List<String> PROTOCOLS = List.of("SCTP", "TCP", "UDP");
  private static final List<String> POLICIES = List.of("Cluster", "Local");
  private static final List<String> AFFINITIES = List.of("ClientIP", "None");
  private static final List<String> DISTRIBUTIONS =
      List.of("PreferClose", "PreferSameNode", "PreferSameZone");
  private static final int LONGEST_AFFINITY_SECONDS = 86400;

  private ServiceValidation() {}

  static void validate(Service service, FieldErrors errors) {
    ServiceSpec spec = service.spec() == null ? ServiceSpec.EMPTY : service.spec();
    String type = String.valueOf(spec.type());
    Checks.oneOf(type, TYPES, SPEC.child("type"), errors);
    boolean named = type.equals("ExternalName");
    boolean headless = "None".equals(spec.clusterIP());
    if (spec.ports().isEmpty() && !headless && !named) {
      errors.required(SPEC.child("ports"), "");
    }
    if (headless && !named && !type.equals("ClusterIP")) {
      errors.invalid(
          SPEC.child("clusterIPs").index(0),
          "None",
          "may not be set to 'None' for " + type + " services");
    }
    if (named) {
      validateExternalName(spec, errors);
    } else {
      ServiceAddresses.validate(spec, errors);
    }
    Checks.labels(spec.selector(), SPEC.child("selector"), errors);
    validatePorts(spec, type, errors);
    validateAffinity(spec, errors);
    validatePolicies(spec, errors);
    validateBalancer(spec, type, errors);
    Path external = SPEC.child("externalIPs");
    for (int i = 0; i < spec.externalIPs().size(); i++) {
      String text = spec.externalIPs().get(i);
      InetAddress ip = IpText.parse(text);
      IpText.check(text, external.index(i), errors);
      if (ip != null) {
        EndpointsRules.checkUsable(ip, text, external.index(i), errors);
      }
    }
  }

  private static void validateExternalName(ServiceSpec spec, FieldErrors errors) {
    String fault = "may not be set for ExternalName services";
    if (spec.clusterIP() != null && !spec.clusterIP().isEmpty() || !spec.clusterIPs().isEmpty()) {
      errors.forbidden(SPEC.child("clusterIPs"), fault);
    }
    if (!spec.ipFamilies().isEmpty()) {
      errors.forbidden(SPEC.child("ipFamilies"), fault);
    }
    if (spec.ipFamilyPolicy() != null) {
      errors.forbidden(SPEC.child("ipFamilyPolicy"), fault);
    }
    String name = spec.externalName() == null ? "" : spec.externalName();
    String bare = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    if (bare.isEmpty()) {
      errors.required(SPEC.child("externalName"), "");
    } else {
      errors.invalid(SPEC.child("externalName"), bare, DnsNames.subdomain(bare));
    }
  }

  private static void validatePorts(ServiceSpec spec, String type, FieldErrors errors) {
    Set<String> names = new HashSet<>();
    Set<String> addresses = new HashSet<>();
    Set<String> nodePorts = new HashSet<>();
    for (int i = 0; i < spec.ports().size(); i++) {
      ServicePort port = spec.ports().get(i);
      Path path = SPEC.child("ports").index(i);
      String name = port.name() == null ? "" : port.name();
      if (name.isEmpty() && spec.ports().size() > 1) {
        errors.required(path.child("name"), "");
      } else if (!name.isEmpty()) {
        errors.invalid(path.child("name"), name, DnsNames.label(name));
        if (!names.add(name)) {
          errors.duplicate(path.child("name"), name);
        }
      }
      int number = port.port() == null ? 0 : port.port();
      errors.invalid(path.child("port"), number, FieldNames.portNumber(number));
      validateTarget(port, path.child("targetPort"), errors);
      Checks.requiredOneOf(port.protocol(), PROTOCOLS, path.child("protocol"), errors);
      if (port.appProtocol() != null) {
        errors.invalid(
            path.child("appProtocol"), port.appProtocol(), LabelNames.key(port.appProtocol()));
      }
      if (!addresses.add(port.protocol() + "/" + number)) {
        errors.add(FieldError.duplicate(path, "{" + port.protocol() + " " + number + "}"));
      }
      int nodePort = port.nodePort() == null ? 0 : port.nodePort();
      if (nodePort != 0 && type.equals("ClusterIP")) {
        errors.forbidden(path.child("nodePort"), "may not be used when `type` is 'ClusterIP'");
      } else if (nodePort != 0 && !nodePorts.add(port.protocol() + "/" + nodePort)) {
        errors.duplicate(path.child("nodePort"), nodePort);
      }
    }
  }

  private static void validateTarget(ServicePort port, Path path, FieldErrors errors) {
    if (port.targetPort() == null) {
      return;
    }
    Integer number = port.targetPort().number();
    if (number != null) {
      errors.invalid(path, number, FieldNames.portNumber(number));
    } else {
      String name = port.targetPort().toString();
      errors.invalid(path, name, FieldNames.portName(name));
    }
  }

  private static void validateAffinity(ServiceSpec spec, FieldErrors errors) {
    Checks.requiredOneOf(spec.sessionAffinity(), AFFINITIES, SPEC.child("sessionAffinity"), errors);
    Path path = SPEC.child("sessionAffinityConfig");
    if ("None".equals(spec.sessionAffinity()) && spec.sessionAffinityConfig() != null) {
      errors.forbidden(path, "must not be set when session affinity is None");
    } else if ("ClientIP".equals(spec.sessionAffinity())) {
      var config = spec.sessionAffinityConfig();
      var byClient = config == null ? null : config.clientIP();
      Integer seconds = byClient == null ? null : byClient.timeoutSeconds();
      Path at = path.child("clientIP", "timeoutSeconds");
      if (seconds == null) {
        errors.required(at, "when session affinity type is ClientIP");
      } else if (seconds <= 0 || seconds > LONGEST_AFFINITY_SECONDS) {
        errors.invalid(
            at, seconds, "must be greater than 0 and less than " + LONGEST_AFFINITY_SECONDS);
      }
    }
  }

  private static void validatePolicies(ServiceSpec spec, FieldErrors errors) {
    String external = spec.externalTrafficPolicy() == null ? "" : spec.externalTrafficPolicy();
    boolean outside = ServiceAllocator.usesNodePorts(spec) || !spec.externalIPs().isEmpty();
    Path path = SPEC.child("externalTrafficPolicy");
    if (outside) {
      Checks.requiredOneOf(external, POLICIES, path, errors);
    } else if (!external.isEmpty()) {
      errors.invalid(path, external, "may only be set for externally-accessible services");
    }
    Checks.oneOf(
        spec.internalTrafficPolicy(), POLICIES, SPEC.child("internalTrafficPolicy"), errors);
    Checks.oneOf(
        spec.trafficDistribution(), DISTRIBUTIONS, SPEC.child("trafficDistribution"), errors);
    int health = spec.healthCheckNodePort() == null ? 0 : spec.healthCheckNodePort();
    if (health != 0 && !ServiceAllocator.needsHealthPort(spec)) {
      errors.invalid(
          SPEC.child("healthCheckNodePort"),
          health,
          "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'");
    } else if (health != 0) {
      errors.invalid(SPEC.child("healthCheckNodePort"), health, FieldNames.portNumber(health));
    }
  }

  private static void validateBalancer(ServiceSpec spec, String type, FieldErrors errors) {
    // The API has always told this path with a capital letter.
    Path ranges = SPEC.child("LoadBalancerSourceRanges");
    boolean balanced = type.equals("LoadBalancer");
    if (!balanced) {
      forbid(!spec.loadBalancerSourceRanges().isEmpty(), ranges, errors);
      forbid(
          spec.allocateLoadBalancerNodePorts() != null,
          SPEC.child("allocateLoadBalancerNodePorts"),
          errors);
      forbid(spec.loadBalancerClass() != null, SPEC.child("loadBalancerClass"), errors);
    } else if (spec.loadBalancerClass() != null) {
      errors.invalid(
          SPEC.child("loadBalancerClass"),
          spec.loadBalancerClass(),
          LabelNames.key(spec.loadBalancerClass()));
    }
    for (int i = 0; i < spec.loadBalancerSourceRanges().size(); i++) {
      IpText.checkRange(spec.loadBalancerSourceRanges().get(i).strip(), ranges.index(i), errors);
    }
  }

  private static void forbid(boolean present, Path path, FieldErrors errors) {
    if (present) {
      errors.forbidden(path, "may only be used when `type` is 'LoadBalancer'");
    }
  }

  static void validateUpdate(Service service, Service old, FieldErrors errors) {
    ServiceSpec spec = service.spec() == null ? ServiceSpec.EMPTY : service.spec();
    ServiceSpec before = old.spec() == null ? ServiceSpec.EMPTY : old.spec();
    ServiceAddresses.validateUpdate(spec, before, errors);
    boolean balanced = "LoadBalancer".equals(spec.type()) && "LoadBalancer".equals(before.type());
    if (balanced && !Objects.equals(spec.loadBalancerClass(), before.loadBalancerClass())) {
      errors.invalid(
          SPEC.child("loadBalancerClass"), spec.loadBalancerClass(), "may not change once set");
    }
    if (ServiceAllocator.needsHealthPort(spec)
        && ServiceAllocator.needsHealthPort(before)
        && !Objects.equals(spec.healthCheckNodePort(), before.healthCheckNodePort())) {
      errors.forbidden(SPEC.child("healthCheckNodePort"), FieldError.IMMUTABLE);
    }
    validate(service, errors);
  }

  static void validateStatus(Service service, FieldErrors errors) {
    ServiceSpec spec = service.spec() == null ? ServiceSpec.EMPTY : service.spec();
    var balancer = service.status() == null ? null : service.status().loadBalancer();
    if (balancer == null) {
      return;
    }
    Path path = Path.of("status", "loadBalancer", "ingress");
    if (!"LoadBalancer".equals(spec.type()) && !balancer.ingress().isEmpty()) {
      errors.forbidden(path, "may only be used when `spec.type` is 'LoadBalancer'");
      return;
    }
    for (int i = 0; i < balancer.ingress().size(); i++) {
      validateIngress(balancer.ingress().get(i), path.index(i), errors);
    }
  }

  private static void validateIngress(LoadBalancerIngress ingress, Path at, FieldErrors errors) {
    boolean addressed = ingress.ip() != null && !ingress.ip().isEmpty();
    if (addressed) {
      IpText.check(ingress.ip(), at.child("ip"), errors);
    } else if (ingress.ipMode() != null) {
      errors.forbidden(at.child("ipMode"), "may not be specified when `ip` is not set");
    }
    if (addressed && ingress.ipMode() == null) {
      errors.required(at.child("ipMode"), "must be specified when `ip` is set");
    }
    Checks.oneOf(ingress.ipMode(), List.of("Proxy", "VIP"), at.child("ipMode"), errors);
    String host = ingress.hostname();
    if (host != null && !host.isEmpty()) {
      errors.invalid(at.child("hostname"), host, DnsNames.subdomain(host));
      if (IpText.isAddress(host)) {
        errors.invalid(at.child("hostname"), host, "must be a DNS name, not an IP address");
      }
    }
  }
}
