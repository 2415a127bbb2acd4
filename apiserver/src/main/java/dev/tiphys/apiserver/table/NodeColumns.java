package dev.tiphys.apiserver.table;

import static dev.tiphys.apiserver.table.Cells.text;
import static dev.tiphys.apiserver.table.Cells.textOr;

import dev.tiphys.api.core.v1.Node;
import dev.tiphys.api.core.v1.NodeAddress;
import dev.tiphys.api.core.v1.NodeCondition;
import dev.tiphys.api.core.v1.NodeStatus;
import dev.tiphys.api.core.v1.NodeSystemInfo;
import dev.tiphys.apiserver.table.Columns.Column;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The row of a Node. */
final class NodeColumns {

  static final Columns<Node> COLUMNS =
      new Columns<>(
          List.of(
              Column.nameColumn(),
              Column.of("Status", "string"),
              Column.of("Roles", "string"),
              Column.ageColumn(),
              Column.of("Version", "string"),
              Column.wide("Internal-IP"),
              Column.wide("External-IP"),
              Column.wide("OS-Image"),
              Column.wide("Kernel-Version"),
              Column.wide("Container-Runtime")),
          NodeColumns::row);

  private static final String ROLE_PREFIX = "node-role.kubernetes.io/";
  private static final String ROLE_LABEL = "kubernetes.io/role";
  private static final NodeStatus NO_STATUS = NodeStatus.builder().build();
  private static final NodeSystemInfo NO_INFO = NodeSystemInfo.builder().build();

  private NodeColumns() {}

  private static List<@Nullable Object> row(Node node, Instant now) {
    NodeStatus status = node.status() == null ? NO_STATUS : node.status();
    NodeSystemInfo info = status.nodeInfo() == null ? NO_INFO : status.nodeInfo();
    boolean cordoned = node.spec() != null && Boolean.TRUE.equals(node.spec().unschedulable());
    return Arrays.asList(
        Cells.name(node),
        readiness(status) + (cordoned ? ",SchedulingDisabled" : ""),
        roles(node.metadata().labels()),
        Cells.age(node, now),
        text(info.kubeletVersion()),
        address(status, "InternalIP"),
        address(status, "ExternalIP"),
        textOr(info.osImage(), Cells.UNKNOWN),
        textOr(info.kernelVersion(), Cells.UNKNOWN),
        textOr(info.containerRuntimeVersion(), Cells.UNKNOWN));
  }

  private static String readiness(NodeStatus status) {
    for (NodeCondition condition : status.conditions()) {
      if ("Ready".equals(condition.type())) {
        return "True".equals(condition.status()) ? "Ready" : "NotReady";
      }
    }
    return "Unknown";
  }

  private static String roles(Map<String, String> labels) {
    TreeSet<String> roles = new TreeSet<>();
    labels.forEach((key, value) -> {
      if (key.startsWith(ROLE_PREFIX) && key.length() > ROLE_PREFIX.length()) {
        roles.add(key.substring(ROLE_PREFIX.length()));
      } else if (key.equals(ROLE_LABEL) && !value.isEmpty()) {
        roles.add(value);
      }
    });
    return Cells.joined(List.copyOf(roles));
  }

  private static String address(NodeStatus status, String type) {
    for (NodeAddress address : status.addresses()) {
      if (type.equals(address.type())) {
        return text(address.address());
      }
    }
    return Cells.NONE;
  }
}
