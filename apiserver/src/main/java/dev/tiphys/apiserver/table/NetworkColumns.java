package dev.tiphys.apiserver.table;

import static dev.tiphys.apiserver.table.Cells.text;
import static dev.tiphys.apiserver.table.Cells.textOr;

import dev.tiphys.api.Resources;
import dev.tiphys.api.networking.v1.IPAddress;
import dev.tiphys.api.networking.v1.Ingress;
import dev.tiphys.api.networking.v1.IngressClass;
import dev.tiphys.api.networking.v1.IngressClassParametersReference;
import dev.tiphys.api.networking.v1.IngressLoadBalancerIngress;
import dev.tiphys.api.networking.v1.IngressRule;
import dev.tiphys.api.networking.v1.IngressSpec;
import dev.tiphys.api.networking.v1.NetworkPolicy;
import dev.tiphys.api.networking.v1.ParentReference;
import dev.tiphys.api.networking.v1.ServiceCIDR;
import dev.tiphys.api.schema.ResourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Rows of {@code networking.k8s.io}. */
final class NetworkColumns {

  private NetworkColumns() {}

  static void addTo(Map<ResourceType<?>, Columns<?>> all) {
    all.put(
        Resources.INGRESSES,
        ColumnList.<Ingress>named()
            .text("Class", o -> textOr(in(o).ingressClassName(), Cells.NONE))
            .text("Hosts", o -> hosts(in(o).rules()))
            .text("Address", NetworkColumns::addresses)
            .text("Ports", o -> in(o).tls().isEmpty() ? "80" : "80, 443")
            .age()
            .build());
    all.put(
        Resources.INGRESS_CLASSES,
        ColumnList.<IngressClass>named()
            .text("Controller", o -> o.spec() == null ? "" : text(o.spec().controller()))
            .text("Parameters", o -> parameters(o.spec() == null ? null : o.spec().parameters()))
            .age()
            .build());
    all.put(
        Resources.NETWORK_POLICIES,
        ColumnList.<NetworkPolicy>named()
            .text(
                "Pod-Selector",
                o -> Cells.selector(o.spec() == null ? null : o.spec().podSelector()))
            .age()
            .build());
    all.put(
        Resources.SERVICE_CIDRS,
        ColumnList.<ServiceCIDR>named()
            .text("CIDRs", o -> o.spec() == null ? "" : String.join(",", o.spec().cidrs()))
            .age()
            .build());
    all.put(
        Resources.IP_ADDRESSES,
        ColumnList.<IPAddress>named()
            .text("ParentRef", o -> parent(o.spec() == null ? null : o.spec().parentRef()))
            .build());
  }

  private static IngressSpec in(Ingress object) {
    return Objects.requireNonNullElse(object.spec(), IngressSpec.EMPTY);
  }

  private static String hosts(List<IngressRule> rules) {
    List<String> hosts = new ArrayList<>();
    for (IngressRule rule : rules) {
      if (!text(rule.host()).isEmpty()) {
        hosts.add(text(rule.host()));
      }
    }
    return hosts.isEmpty() ? "*" : Cells.firstThree(hosts, " + ");
  }

  private static String addresses(Ingress ingress) {
    List<String> addresses = new ArrayList<>();
    if (ingress.status() != null && ingress.status().loadBalancer() != null) {
      for (IngressLoadBalancerIngress point : ingress.status().loadBalancer().ingress()) {
        addresses.add(textOr(point.ip(), text(point.hostname())));
      }
    }
    return String.join(",", addresses);
  }

  private static String parameters(@Nullable IngressClassParametersReference reference) {
    if (reference == null) {
      return Cells.NONE;
    }
    String group = reference.apiGroup() == null ? "" : "." + reference.apiGroup();
    return text(reference.kind()) + group + "/" + text(reference.name());
  }

  private static String parent(@Nullable ParentReference parent) {
    if (parent == null) {
      return Cells.NONE;
    }
    String group = text(parent.group()).isEmpty() ? "" : "." + parent.group();
    String namespace = text(parent.namespace()).isEmpty() ? "" : parent.namespace() + "/";
    return text(parent.resource()) + group + "/" + namespace + text(parent.name());
  }
}
