package dev.tiphys.apiserver.strategy.core;

import dev.tiphys.api.core.v1.Service;
import dev.tiphys.api.core.v1.ServicePort;
import dev.tiphys.api.core.v1.ServiceSpec;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.names.FieldNames;
import dev.tiphys.api.names.LabelNames;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is wrong with a Service, in the API's words. Pure functions. */
final class ServiceValidation {

  private static final Path SPEC = Path.of("spec");
  private static final List<String> TYPES =
      List.of("ClusterIP", "ExternalName", "LoadBalancer", "NodePort");
  private static final List<String> PROTOCOLS = List.of("SCTP", "TCP", "UDP");
  private static final List<String> POLICIES = List.of("Cluster", "Local");

  private ServiceValidation() {}

  static void validate(Service service, FieldErrors errors) {
    ServiceSpec spec = service.spec() == null ? ServiceSpec.EMPTY : service.spec();
    String type = String.valueOf(spec.type());
    if (!TYPES.contains(type)) {
      errors.notSupported(SPEC.child("type"), type, TYPES);
    }
    boolean named = type.equals("ExternalName");
    boolean headless = "None".equals(spec.clusterIP());
    if (spec.ports().isEmpty() && !headless && !named) {
      errors.required(SPEC.child("ports"), "");
    }
    if (named) {
      validateExternalName(spec, errors);
    } else {
      validateClusterIp(spec, headless, type, errors);
    }
    spec.selector()
        .forEach((key, value) -> {
          Path path = SPEC.child("selector");
          LabelNames.key(key).forEach(fault -> errors.invalid(path, key, fault));
          LabelNames.value(value).forEach(fault -> errors.invalid(path, value, fault));
        });
    validatePorts(spec, type, errors);
    if (!Set.of("None", "ClientIP").contains(String.valueOf(spec.sessionAffinity()))) {
      errors.notSupported(
          SPEC.child("sessionAffinity"), spec.sessionAffinity(), List.of("ClientIP", "None"));
    }
    validatePolicies(spec, type, errors);
  }

  private static void validateExternalName(ServiceSpec spec, FieldErrors errors) {
    String name = spec.externalName();
    if (spec.clusterIP() != null && !spec.clusterIP().isEmpty()) {
      errors.forbidden(SPEC.child("clusterIPs"), "may not be set for ExternalName services");
    }
    if (name == null || name.isEmpty()) {
      errors.required(SPEC.child("externalName"), "");
      return;
    }
    String bare = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    DnsNames.subdomain(bare).forEach(f -> errors.invalid(SPEC.child("externalName"), name, f));
  }

  private static void validateClusterIp(
      ServiceSpec spec, boolean headless, String type, FieldErrors errors) {
    String ip = spec.clusterIP();
    if (headless && !type.equals("ClusterIP")) {
      errors.invalid(
          SPEC.child("clusterIPs").index(0),
          "None",
          "may not be set to 'None' for " + type + " services");
    } else if (ip != null && !ip.isEmpty() && !headless && !isIpv4(ip)) {
      errors.invalid(
          SPEC.child("clusterIPs").index(0),
          ip,
          "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
    }
    if (!spec.clusterIPs().isEmpty() && ip != null && !ip.equals(spec.clusterIPs().getFirst())) {
      errors.invalid(
          SPEC.child("clusterIPs"), spec.clusterIPs(), "first value must match `clusterIP`");
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
        DnsNames.label(name).forEach(f -> errors.invalid(path.child("name"), name, f));
        if (!names.add(name)) {
          errors.duplicate(path.child("name"), name);
        }
      }
      int number = port.port() == null ? 0 : port.port();
      FieldNames.portNumber(number).forEach(f -> errors.invalid(path.child("port"), number, f));
      validateTarget(port, path.child("targetPort"), errors);
      String protocol = String.valueOf(port.protocol());
      if (!PROTOCOLS.contains(protocol)) {
        errors.notSupported(path.child("protocol"), protocol, PROTOCOLS);
      }
      if (!addresses.add(protocol + "/" + number)) {
        errors.add(FieldError.duplicate(path, "{" + protocol + " " + number + "}"));
      }
      Integer nodePort = port.nodePort();
      if (nodePort != null && nodePort != 0) {
        if (type.equals("ClusterIP")) {
          errors.forbidden(path.child("nodePort"), "may not be used when `type` is 'ClusterIP'");
        } else if (!nodePorts.add(protocol + "/" + nodePort)) {
          errors.duplicate(path.child("nodePort"), nodePort);
        }
      }
    }
  }

  private static void validateTarget(ServicePort port, Path path, FieldErrors errors) {
    if (port.targetPort() == null) {
      return;
    }
    Integer number = port.targetPort().number();
    if (number != null) {
      FieldNames.portNumber(number).forEach(f -> errors.invalid(path, number, f));
    } else {
      String name = port.targetPort().toString();
      FieldNames.portName(name).forEach(f -> errors.invalid(path, name, f));
    }
  }

  private static void validatePolicies(ServiceSpec spec, String type, FieldErrors errors) {
    String external = spec.externalTrafficPolicy();
    boolean outside =
        type.equals("NodePort") || type.equals("LoadBalancer") || !spec.externalIPs().isEmpty();
    if (external != null && !external.isEmpty()) {
      if (!outside) {
        errors.invalid(
            SPEC.child("externalTrafficPolicy"),
            external,
            "may only be set for externally-accessible services");
      } else if (!POLICIES.contains(external)) {
        errors.notSupported(SPEC.child("externalTrafficPolicy"), external, POLICIES);
      }
    }
    String internal = spec.internalTrafficPolicy();
    if (internal != null && !POLICIES.contains(internal)) {
      errors.notSupported(SPEC.child("internalTrafficPolicy"), internal, POLICIES);
    }
    for (int i = 0; i < spec.externalIPs().size(); i++) {
      String ip = spec.externalIPs().get(i);
      if (!isIpv4(ip) && !ip.contains(":")) {
        errors.invalid(
            SPEC.child("externalIPs").index(i),
            ip,
            "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
      }
    }
  }

  static void validateUpdate(Service service, Service old, FieldErrors errors) {
    ServiceSpec spec = service.spec() == null ? ServiceSpec.EMPTY : service.spec();
    ServiceSpec before = old.spec() == null ? ServiceSpec.EMPTY : old.spec();
    boolean stays = !"ExternalName".equals(spec.type()) && !"ExternalName".equals(before.type());
    @Nullable String had = before.clusterIP();
    if (stays && had != null && !had.isEmpty() && !Objects.equals(spec.clusterIP(), had)) {
      errors.invalid(
          SPEC.child("clusterIPs").index(0),
          List.of(String.valueOf(spec.clusterIP())),
          "may not change once set");
    }
    validate(service, errors);
  }

  private static boolean isIpv4(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4) {
      return false;
    }
    for (String part : parts) {
      boolean octet = part.matches("0|[1-9][0-9]{0,2}") && Integer.parseInt(part) <= 255;
      if (!octet) {
        return false;
      }
    }
    return true;
  }
}
