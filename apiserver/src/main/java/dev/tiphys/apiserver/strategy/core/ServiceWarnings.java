package dev.tiphys.apiserver.strategy.core;

import dev.tiphys.api.core.v1.LoadBalancerIngress;
import dev.tiphys.api.core.v1.Service;
import dev.tiphys.api.core.v1.ServiceSpec;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.AddressWarnings;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What is taken of services but does nothing, or will not for long. Pure. */
final class ServiceWarnings {

  private static final Path SPEC = Path.of("spec");
  private static final String OLD_HINTS = "service.kubernetes.io/topology-aware-hints";

  private ServiceWarnings() {}

  static List<String> of(Service service) {
    List<String> warnings = new ArrayList<>();
    ServiceSpec spec = Objects.requireNonNullElse(service.spec(), ServiceSpec.EMPTY);
    boolean named = "ExternalName".equals(spec.type());
    boolean headless = "ClusterIP".equals(spec.type()) && "None".equals(spec.clusterIP());
    boolean external = !spec.externalIPs().isEmpty();
    boolean balanced = spec.loadBalancerIP() != null && !spec.loadBalancerIP().isEmpty();
    if (service.metadata().annotations().containsKey(OLD_HINTS)) {
      warnings.add(
          "annotation "
              + OLD_HINTS
              + " is deprecated, please use service.kubernetes.io/topology-mode instead");
    }
    AddressWarnings.ofAddresses(spec.clusterIPs(), SPEC.child("clusterIPs"), warnings);
    if (headless) {
      warnIf(balanced, "spec.loadBalancerIP is ignored for headless services", warnings);
      warnIf(external, "spec.externalIPs is ignored for headless services", warnings);
      warnIf(
          !"None".equals(spec.sessionAffinity()),
          "spec.SessionAffinity is ignored for headless services",
          warnings);
    }
    AddressWarnings.ofAddresses(spec.externalIPs(), SPEC.child("externalIPs"), warnings);
    warnIf(
        external && !headless && !named,
        "spec.externalIPs is deprecated and may no longer be implemented in some clusters",
        warnings);
    if (balanced) {
      AddressWarnings.ofAddress(spec.loadBalancerIP(), SPEC.child("loadBalancerIP"), warnings);
    }
    for (int i = 0; i < spec.loadBalancerSourceRanges().size(); i++) {
      AddressWarnings.ofRange(
          spec.loadBalancerSourceRanges().get(i),
          SPEC.child("loadBalancerSourceRanges").index(i),
          warnings);
    }
    warnIf(
        named && external,
        "spec.externalIPs is ignored when spec.type is \"ExternalName\"",
        warnings);
    warnIf(
        !named && spec.externalName() != null && !spec.externalName().isEmpty(),
        "spec.externalName is ignored when spec.type is not \"ExternalName\"",
        warnings);
    warnIf(
        "PreferClose".equals(spec.trafficDistribution()),
        "spec.trafficDistribution: \"PreferClose\" is deprecated; use \"PreferSameZone\"",
        warnings);
    return warnings;
  }

  private static void warnIf(boolean so, String sentence, List<String> warnings) {
    if (so) {
      warnings.add(sentence);
    }
  }

  static List<String> ofStatus(Service service) {
    List<String> warnings = new ArrayList<>();
    var balancer = service.status() == null ? null : service.status().loadBalancer();
    List<LoadBalancerIngress> places = balancer == null ? List.of() : balancer.ingress();
    for (int i = 0; i < places.size(); i++) {
      AddressWarnings.ofAddress(
          places.get(i).ip(), Path.of("status", "loadBalancer", "ingress").index(i), warnings);
    }
    return warnings;
  }
}
