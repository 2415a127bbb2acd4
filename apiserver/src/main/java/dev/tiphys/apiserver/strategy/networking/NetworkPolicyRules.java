package dev.tiphys.apiserver.strategy.networking;

import dev.tiphys.api.names.FieldNames;
import dev.tiphys.api.networking.v1.IPBlock;
import dev.tiphys.api.networking.v1.NetworkPolicy;
import dev.tiphys.api.networking.v1.NetworkPolicyPeer;
import dev.tiphys.api.networking.v1.NetworkPolicyPort;
import dev.tiphys.api.networking.v1.NetworkPolicySpec;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.AddressWarnings;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.IpText;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.Strategy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The rules of NetworkPolicy. */
public final class NetworkPolicyRules {

  private static final Path SPEC = Path.of("spec");

  private NetworkPolicyRules() {}

  /** The rules. */
  public static Strategy<NetworkPolicy> rules() {
    return KindRules.<NetworkPolicy>builder()
        .defaults(NetworkPolicyRules::fill)
        .validate(NetworkPolicyRules::validate)
        .warnings((policy, old) -> warnings(policy))
        .generations(true)
        .build();
  }

  private static NetworkPolicy fill(NetworkPolicy policy) {
    NetworkPolicySpec spec = policy.spec();
    if (spec == null || !spec.policyTypes().isEmpty()) {
      return policy;
    }
    return policy.withSpec(
        spec.withPolicyTypes(
            spec.egress().isEmpty() ? List.of("Ingress") : List.of("Ingress", "Egress")));
  }

  private static List<String> warnings(NetworkPolicy policy) {
    List<String> warnings = new ArrayList<>();
    NetworkPolicySpec spec = Objects.requireNonNullElse(policy.spec(), NetworkPolicySpec.EMPTY);
    for (int i = 0; i < spec.ingress().size(); i++) {
      warn(spec.ingress().get(i).from(), SPEC.child("ingress").index(i).child("from"), warnings);
    }
    for (int i = 0; i < spec.egress().size(); i++) {
      warn(spec.egress().get(i).to(), SPEC.child("egress").index(i).child("to"), warnings);
    }
    return warnings;
  }

  private static void warn(List<NetworkPolicyPeer> peers, Path path, List<String> warnings) {
    for (int i = 0; i < peers.size(); i++) {
      IPBlock block = peers.get(i).ipBlock();
      if (block != null) {
        Path at = path.index(i).child("ipBlock");
        AddressWarnings.ofRange(block.cidr(), at.child("cidr"), warnings);
        for (int j = 0; j < block.except().size(); j++) {
          AddressWarnings.ofRange(block.except().get(j), at.child("except").index(j), warnings);
        }
      }
    }
  }

  private static void validate(NetworkPolicy policy, FieldErrors errors) {
    NetworkPolicySpec spec = Objects.requireNonNullElse(policy.spec(), NetworkPolicySpec.EMPTY);
    Checks.selector(spec.podSelector(), SPEC.child("podSelector"), errors);
    for (int i = 0; i < spec.ingress().size(); i++) {
      Path path = SPEC.child("ingress").index(i);
      validatePorts(spec.ingress().get(i).ports(), path.child("ports"), errors);
      validatePeers(spec.ingress().get(i).from(), path.child("from"), errors);
    }
    for (int i = 0; i < spec.egress().size(); i++) {
      Path path = SPEC.child("egress").index(i);
      validatePorts(spec.egress().get(i).ports(), path.child("ports"), errors);
      validatePeers(spec.egress().get(i).to(), path.child("to"), errors);
    }
    Path types = SPEC.child("policyTypes");
    if (spec.policyTypes().size() > 2) {
      errors.invalid(types, spec.policyTypes(), "may not specify more than two policyTypes");
      return;
    }
    for (int i = 0; i < spec.policyTypes().size(); i++) {
      Checks.oneOf(spec.policyTypes().get(i), List.of("Egress", "Ingress"), types.index(i), errors);
    }
  }

  private static void validatePorts(List<NetworkPolicyPort> ports, Path path, FieldErrors errors) {
    for (int i = 0; i < ports.size(); i++) {
      NetworkPolicyPort port = ports.get(i);
      Path at = path.index(i);
      Checks.oneOf(port.protocol(), List.of("SCTP", "TCP", "UDP"), at.child("protocol"), errors);
      Integer number = port.port() == null ? null : port.port().number();
      if (port.port() == null) {
        if (port.endPort() != null) {
          errors.required(at.child("port"), "must be specified when `endPort` is specified");
        }
      } else if (number != null) {
        errors.invalid(at.child("port"), number, FieldNames.portNumber(number));
        if (port.endPort() != null) {
          if (port.endPort() < number) {
            errors.invalid(
                at.child("endPort"), port.endPort(), "must be greater than or equal to `port`");
          }
          errors.invalid(
              at.child("endPort"), port.endPort(), FieldNames.portNumber(port.endPort()));
        }
      } else {
        String name = port.port().toString();
        if (port.endPort() != null) {
          errors.invalid(
              at.child("endPort"),
              port.endPort(),
              "may not be specified when `port` is non-numeric");
        }
        errors.invalid(at.child("port"), name, FieldNames.portName(name));
      }
    }
  }

  private static void validatePeers(List<NetworkPolicyPeer> peers, Path path, FieldErrors errors) {
    for (int i = 0; i < peers.size(); i++) {
      NetworkPolicyPeer peer = peers.get(i);
      Path at = path.index(i);
      Checks.selector(peer.podSelector(), at.child("podSelector"), errors);
      Checks.selector(peer.namespaceSelector(), at.child("namespaceSelector"), errors);
      boolean selects = peer.podSelector() != null || peer.namespaceSelector() != null;
      if (peer.ipBlock() != null) {
        validateBlock(peer.ipBlock(), at.child("ipBlock"), errors);
      }
      if (!selects && peer.ipBlock() == null) {
        errors.required(at, "must specify a peer");
      } else if (selects && peer.ipBlock() != null) {
        errors.forbidden(at, "may not specify both ipBlock and another peer");
      }
    }
  }

  private static void validateBlock(IPBlock block, Path path, FieldErrors errors) {
    if (!Checks.present(block.cidr(), path.child("cidr"), errors)
        || !IpText.checkRange(block.cidr(), path.child("cidr"), errors)) {
      return;
    }
    String outer = String.valueOf(block.cidr());
    for (int i = 0; i < block.except().size(); i++) {
      String inner = block.except().get(i);
      Path at = path.child("except").index(i);
      if (IpText.checkRange(inner, at, errors) && !IpText.within(inner, outer, true)) {
        errors.invalid(at, inner, "must be a strict subset of `cidr`");
      }
    }
  }
}
