package dev.tiphys.apiserver.strategy.core;

import dev.tiphys.api.core.v1.EndpointAddress;
import dev.tiphys.api.core.v1.EndpointPort;
import dev.tiphys.api.core.v1.EndpointSubset;
import dev.tiphys.api.core.v1.Endpoints;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.names.FieldNames;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.AddressWarnings;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.IpText;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.Strategy;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The rules of Endpoints. */
public final class EndpointsRules {

  private static final String MANAGER = "endpoints.kubernetes.io/managed-by";

  private EndpointsRules() {}

  /** The rules. */
  public static Strategy<Endpoints> rules() {
    return KindRules.<Endpoints>builder()
        .validate(EndpointsRules::validate)
        .createsOnUpdate()
        .warnings((object, old) -> warnings(object))
        .build();
  }

  /** What programs mirror from elsewhere was told of there. */
  private static List<String> warnings(Endpoints object) {
    List<String> warnings = new ArrayList<>();
    if ("endpoint-controller".equals(object.metadata().labels().get(MANAGER))) {
      return warnings;
    }
    for (int i = 0; i < object.subsets().size(); i++) {
      EndpointSubset subset = object.subsets().get(i);
      Path path = Path.of("subsets").index(i);
      warn(subset.addresses(), path.child("addresses"), warnings);
      warn(subset.notReadyAddresses(), path.child("notReadyAddresses"), warnings);
    }
    return warnings;
  }

  private static void warn(List<EndpointAddress> some, Path path, List<String> warnings) {
    for (int i = 0; i < some.size(); i++) {
      AddressWarnings.ofAddress(some.get(i).ip(), path.index(i).child("ip"), warnings);
    }
  }

  private static void validate(Endpoints object, FieldErrors errors) {
    // A server that only this machine reaches publishes itself all the same.
    boolean ours =
        "default".equals(object.metadata().namespace())
            && "kubernetes".equals(object.metadata().name());
    for (int i = 0; i < object.subsets().size(); i++) {
      EndpointSubset subset = object.subsets().get(i);
      Path path = Path.of("subsets").index(i);
      if (subset.addresses().isEmpty() && subset.notReadyAddresses().isEmpty()) {
        errors.required(path, "must specify `addresses` or `notReadyAddresses`");
      }
      validateAddresses(subset.addresses(), ours, path.child("addresses"), errors);
      validateAddresses(subset.notReadyAddresses(), ours, path.child("notReadyAddresses"), errors);
      for (int j = 0; j < subset.ports().size(); j++) {
        validatePort(
            subset.ports().get(j), subset.ports().size() > 1, path.child("ports").index(j), errors);
      }
    }
  }

  private static void validateAddresses(
      List<EndpointAddress> addresses, boolean ours, Path path, FieldErrors errors) {
    for (int i = 0; i < addresses.size(); i++) {
      EndpointAddress address = addresses.get(i);
      Path at = path.index(i);
      InetAddress ip = IpText.parse(address.ip());
      IpText.check(address.ip(), at.child("ip"), errors);
      if (ip != null && !ours) {
        checkUsable(ip, String.valueOf(address.ip()), at.child("ip"), errors);
      }
      String host = address.hostname();
      if (host != null && !host.isEmpty()) {
        errors.invalid(at.child("hostname"), host, DnsNames.label(host));
      }
      String node = address.nodeName();
      if (node != null) {
        errors.invalid(at.child("nodeName"), node, DnsNames.subdomain(node));
      }
    }
  }

  /** Addresses that mean the machine itself, its link or everybody are nobody's endpoint. */
  public static void checkUsable(InetAddress ip, String text, Path path, FieldErrors errors) {
    if (ip.isAnyLocalAddress()) {
      errors.invalid(path, text, "may not be unspecified (" + text + ")");
    }
    if (ip.isLoopbackAddress()) {
      errors.invalid(path, text, "may not be in the loopback range (127.0.0.0/8, ::1/128)");
    }
    if (ip.isLinkLocalAddress()) {
      errors.invalid(path, text, "may not be in the link-local range (169.254.0.0/16, fe80::/10)");
    }
    if (ip.isMCLinkLocal()) {
      errors.invalid(
          path, text, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)");
    }
  }

  private static void validatePort(
      EndpointPort port, boolean several, Path path, FieldErrors errors) {
    String name = port.name() == null ? "" : port.name();
    if (name.isEmpty() && several) {
      errors.required(path.child("name"), "");
    } else if (!name.isEmpty()) {
      errors.invalid(path.child("name"), name, DnsNames.label(name));
    }
    int number = Objects.requireNonNullElse(port.port(), 0);
    errors.invalid(path.child("port"), number, FieldNames.portNumber(number));
    Checks.requiredOneOf(
        port.protocol(), List.of("SCTP", "TCP", "UDP"), path.child("protocol"), errors);
    if (port.appProtocol() != null) {
      Checks.qualifiedName(port.appProtocol(), path.child("appProtocol"), errors);
    }
  }
}
