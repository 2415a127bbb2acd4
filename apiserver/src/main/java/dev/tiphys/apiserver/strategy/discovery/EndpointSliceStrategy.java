package dev.tiphys.apiserver.strategy.discovery;

import dev.tiphys.api.discovery.v1.Endpoint;
import dev.tiphys.api.discovery.v1.EndpointHints;
import dev.tiphys.api.discovery.v1.EndpointPort;
import dev.tiphys.api.discovery.v1.EndpointSlice;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.names.LabelNames;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.AddressWarnings;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.IpText;
import dev.tiphys.apiserver.strategy.Strategy;
import dev.tiphys.apiserver.strategy.core.EndpointsRules;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The rules of EndpointSlice. */
public final class EndpointSliceStrategy implements Strategy<EndpointSlice> {

  private static final List<String> TYPES = List.of("FQDN", "IPv4", "IPv6");
  private static final int MAX_ENDPOINTS = 1000;
  private static final int MAX_PORTS = 20000;
  private static final int MAX_ADDRESSES = 100;
  private static final List<String> PROGRAMS =
      List.of("endpointslice-controller.k8s.io", "endpointslicemirroring-controller.k8s.io");
  private static final int MAX_LABELS = 16;
  private static final int MAX_HINTS = 8;

  /** What programs make of other objects was told of there. */
  @Override
  public List<String> warnings(EndpointSlice slice, @Nullable EndpointSlice old) {
    String manager = slice.metadata().labels().get("endpointslice.kubernetes.io/managed-by");
    List<String> warnings = new ArrayList<>();
    if (manager != null && PROGRAMS.contains(manager)) {
      return warnings;
    }
    for (int i = 0; i < slice.endpoints().size(); i++) {
      AddressWarnings.ofAddresses(
          slice.endpoints().get(i).addresses(),
          Path.of("endpoints").index(i).child("addresses"),
          warnings);
    }
    return warnings;
  }

  @Override
  public void validate(EndpointSlice slice, FieldErrors errors) {
    String type = slice.addressType();
    if (type == null || type.isEmpty()) {
      errors.required(Path.of("addressType"), "");
    } else if (!TYPES.contains(type)) {
      errors.notSupported(Path.of("addressType"), type, TYPES);
    }
    // A server that only this machine reaches publishes itself all the same.
    boolean ours =
        "default".equals(slice.metadata().namespace())
            && "kubernetes".equals(slice.metadata().name());
    Path path = Path.of("endpoints");
    if (Checks.fits(slice.endpoints(), MAX_ENDPOINTS, path, errors)) {
      for (int i = 0; i < slice.endpoints().size(); i++) {
        validate(slice.endpoints().get(i), String.valueOf(type), ours, path.index(i), errors);
      }
    }
    validatePorts(slice, errors);
  }

  private static void validate(
      Endpoint endpoint, String type, boolean ours, Path path, FieldErrors errors) {
    Path addresses = path.child("addresses");
    if (endpoint.addresses().isEmpty()) {
      errors.required(addresses, "must contain at least 1 address");
    }
    Checks.fits(endpoint.addresses(), MAX_ADDRESSES, addresses, errors);
    for (int i = 0; i < endpoint.addresses().size(); i++) {
      validateAddress(endpoint.addresses().get(i), type, ours, addresses.index(i), errors);
    }
    if (endpoint.nodeName() != null) {
      errors.invalid(
          path.child("nodeName"), endpoint.nodeName(), DnsNames.subdomain(endpoint.nodeName()));
    }
    Path topology = path.child("deprecatedTopology");
    int labels = endpoint.deprecatedTopology().size();
    if (labels > MAX_LABELS) {
      errors.add(FieldError.tooMany(topology, labels, MAX_LABELS));
    }
    Checks.labels(endpoint.deprecatedTopology(), topology, errors);
    if (endpoint.hostname() != null) {
      errors.invalid(
          path.child("hostname"), endpoint.hostname(), DnsNames.label(endpoint.hostname()));
    }
    EndpointHints hints = Objects.requireNonNullElse(endpoint.hints(), EndpointHints.EMPTY);
    validateHints(
        hints.forZones().stream().map(zone -> String.valueOf(zone.name())).toList(),
        LabelNames::value,
        path.child("hints", "forZones"),
        errors);
    validateHints(
        hints.forNodes().stream().map(node -> String.valueOf(node.name())).toList(),
        DnsNames::subdomain,
        path.child("hints", "forNodes"),
        errors);
  }

  private static void validateAddress(
      String address, String type, boolean ours, Path path, FieldErrors errors) {
    switch (type) {
      case "IPv4", "IPv6" -> {
        InetAddress ip = IpText.parse(address);
        if (ip == null || IpText.isV6(address) != type.equals("IPv6")) {
          errors.invalid(path, address, "must be a valid " + type + " address");
        }
        IpText.check(address, path, errors);
        if (ip != null && !ours) {
          EndpointsRules.checkUsable(ip, address, path, errors);
        }
      }
      case "FQDN" -> {
        String name = address.endsWith(".") ? address.substring(0, address.length() - 1) : address;
        if (address.isEmpty()) {
          errors.required(path, "");
        } else if (!DnsNames.subdomain(name).isEmpty()) {
          errors.invalid(path, name, String.join(",", DnsNames.subdomain(name)));
        } else if (!name.contains(".")) {
          errors.invalid(
              path, name, "should be a domain with at least two segments separated by dots");
        }
      }
      default -> {
        // Of other types is told that they are none.
      }
    }
  }

  private static void validateHints(
      List<String> names, Function<String, List<String>> faults, Path path, FieldErrors errors) {
    if (!Checks.fits(names, MAX_HINTS, path, errors)) {
      return;
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < names.size(); i++) {
      Path at = path.index(i).child("name");
      if (!seen.add(names.get(i))) {
        errors.duplicate(at, names.get(i));
      }
      errors.invalid(at, names.get(i), faults.apply(names.get(i)));
    }
  }

  private static void validatePorts(EndpointSlice slice, FieldErrors errors) {
    if (!Checks.fits(slice.ports(), MAX_PORTS, Path.of("ports"), errors)) {
      return;
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < slice.ports().size(); i++) {
      EndpointPort port = slice.ports().get(i);
      Path at = Path.of("ports").index(i);
      String name = port.name() == null ? "" : port.name();
      if (!name.isEmpty()) {
        errors.invalid(at.child("name"), name, DnsNames.label(name));
      }
      if (!names.add(name)) {
        errors.duplicate(at.child("name"), name);
      }
      Checks.requiredOneOf(
          port.protocol(), List.of("SCTP", "TCP", "UDP"), at.child("protocol"), errors);
      if (port.appProtocol() != null) {
        Checks.qualifiedName(port.appProtocol(), at.child("appProtocol"), errors);
      }
    }
  }

  @Override
  public void validateUpdate(EndpointSlice slice, EndpointSlice old, FieldErrors errors) {
    if (!Objects.equals(slice.addressType(), old.addressType())) {
      errors.invalid(Path.of("addressType"), slice.addressType(), "field is immutable");
    }
    validate(slice, errors);
  }

  @Override
  public boolean countsGenerations(EndpointSlice slice) {
    return true;
  }
}
