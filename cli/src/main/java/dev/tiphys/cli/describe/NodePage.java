package dev.tiphys.cli.describe;

import dev.tiphys.api.value.Quantity;
import dev.tiphys.cli.tree.View;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes a node with the pods on it. Pure. */
final class NodePage {

  private NodePage() {}

  static void describe(Page page, View node, View lease, List<View> pods) {
    page.field(0, "Name", node.at("metadata", "name").text());
    page.field(0, "Roles", roles(node));
    page.labelsAndAnnotations(node);
    page.field(0, "CreationTimestamp", Page.time(node.at("metadata", "creationTimestamp")));
    PodTemplate.list(
        page,
        0,
        "Taints",
        node.at("spec", "taints").items().stream().map(NodePage::taint).toList());
    page.field(0, "Unschedulable", Boolean.toString(node.at("spec", "unschedulable").flag()));
    if (lease.exists()) {
      page.line(0, "Lease:");
      page.field(1, "HolderIdentity", lease.at("spec", "holderIdentity").textOr("<unset>"));
      page.field(1, "AcquireTime", Page.time(lease.at("spec", "acquireTime")));
      page.field(1, "RenewTime", Page.time(lease.at("spec", "renewTime")));
    }
    conditions(page, node);
    page.line(0, "Addresses:");
    node.at("status", "addresses")
        .items()
        .forEach(each -> page.field(1, each.at("type").text(), each.at("address").text()));
    amounts(page, "Capacity", node.at("status", "capacity"));
    amounts(page, "Allocatable", node.at("status", "allocatable"));
    page.line(0, "System Info:");
    node.at("status", "nodeInfo")
        .members()
        .forEach((name, value) -> page.field(1, Generic.title(name), value.text()));
    page.fieldIfSet(0, "PodCIDR", node.at("spec", "podCIDR"));
    page.fieldIfSet(0, "ProviderID", node.at("spec", "providerID"));
    pods(page, node, pods);
  }

  private static String roles(View node) {
    List<String> roles =
        node.at("metadata", "labels").texts().keySet().stream()
            .filter(label -> label.startsWith("node-role.kubernetes.io/"))
            .map(label -> label.substring(label.indexOf('/') + 1))
            .sorted()
            .toList();
    return roles.isEmpty() ? "<none>" : String.join(",", roles);
  }

  static String taint(View taint) {
    String value = taint.at("value").text();
    return taint.at("key").text()
        + (value.isEmpty() ? "" : "=" + value)
        + ":"
        + taint.at("effect").text();
  }

  private static void conditions(Page page, View node) {
    page.line(0, "Conditions:");
    page.line(1, "Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage");
    page.line(1, "----\t------\t-----------------\t------------------\t------\t-------");
    for (View each : node.at("status", "conditions").items()) {
      page.line(
          1,
          each.at("type").text()
              + " \t"
              + each.at("status").text()
              + " \t"
              + Page.time(each.at("lastHeartbeatTime"))
              + " \t"
              + Page.time(each.at("lastTransitionTime"))
              + " \t"
              + each.at("reason").text()
              + " \t"
              + each.at("message").text());
    }
  }

  private static void amounts(Page page, String name, View amounts) {
    page.line(0, name + ":");
    new TreeMap<>(amounts.texts()).forEach((resource, amount) -> page.field(1, resource, amount));
  }

  private static void pods(Page page, View node, List<View> pods) {
    Map<String, BigDecimal> requested = new LinkedHashMap<>();
    Map<String, BigDecimal> limited = new LinkedHashMap<>();
    page.field(0, "Non-terminated Pods", "(" + pods.size() + " in total)");
    page.line(1, "Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits");
    page.line(1, "---------\t----\t\t------------\t----------\t---------------\t-------------");
    View allocatable = node.at("status", "allocatable");
    for (View pod : pods) {
      StringBuilder line = new StringBuilder();
      line.append(pod.at("metadata", "namespace").text()).append('\t');
      line.append(pod.at("metadata", "name").text()).append("\t");
      for (String resource : List.of("cpu", "memory")) {
        BigDecimal request = sum(pod, "requests", resource);
        BigDecimal limit = sum(pod, "limits", resource);
        requested.merge(resource, request, BigDecimal::add);
        limited.merge(resource, limit, BigDecimal::add);
        line.append('\t').append(shown(resource, request, allocatable));
        line.append('\t').append(shown(resource, limit, allocatable));
      }
      page.line(1, line.toString());
    }
    page.line(0, "Allocated resources:");
    page.line(1, "Resource\tRequests\tLimits");
    page.line(1, "--------\t--------\t------");
    for (String resource : List.of("cpu", "memory")) {
      page.line(
          1,
          resource
              + "\t"
              + shown(resource, requested.getOrDefault(resource, BigDecimal.ZERO), allocatable)
              + "\t"
              + shown(resource, limited.getOrDefault(resource, BigDecimal.ZERO), allocatable));
    }
  }

  private static BigDecimal sum(View pod, String kind, String resource) {
    BigDecimal sum = BigDecimal.ZERO;
    for (View container : pod.at("spec", "containers").items()) {
      String amount = container.at("resources", kind, resource).text();
      if (!amount.isEmpty()) {
        sum = sum.add(Quantity.parse(amount).amount());
      }
    }
    return sum;
  }

  private static String shown(String resource, BigDecimal amount, View allocatable) {
    String all = allocatable.at(resource).text();
    BigDecimal of = all.isEmpty() ? BigDecimal.ZERO : Quantity.parse(all).amount();
    String percent =
        of.signum() == 0
            ? "0"
            : amount.movePointRight(2).divide(of, 0, RoundingMode.DOWN).toPlainString();
    String text =
        amount.signum() == 0
            ? "0"
            : resource.equals("cpu")
                ? amount.movePointRight(3).setScale(0, RoundingMode.UP).toPlainString() + "m"
                : amount.divide(BigDecimal.valueOf(1 << 20), 0, RoundingMode.UP).toPlainString()
                    + "Mi";
    return text + " (" + percent + "%)";
  }
}
