package dev.tiphys.controllermanager.node;

import dev.tiphys.api.core.v1.Node;
import dev.tiphys.api.core.v1.NodeCondition;
import dev.tiphys.api.core.v1.Taint;
import dev.tiphys.controllermanager.common.Absent;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which conditions a silent node has, and which taints follow from conditions. Pure. */
final class NodeConditions {

  static final String NOT_READY = "node.kubernetes.io/not-ready";
  static final String UNREACHABLE = "node.kubernetes.io/unreachable";
  static final String NO_SCHEDULE = "NoSchedule";
  static final String NO_EXECUTE = "NoExecute";
  private static final String UNSCHEDULABLE = "node.kubernetes.io/unschedulable";

  /** What a kubelet reports, and nobody knows when it is silent. */
  private static final List<String> REPORTED =
      List.of("Ready", "MemoryPressure", "DiskPressure", "PIDPressure");

  /** The taint for each condition that should keep pods away while it holds. */
  private static final Map<String, String> PRESSURES =
      Map.of(
          "MemoryPressure", "node.kubernetes.io/memory-pressure",
          "DiskPressure", "node.kubernetes.io/disk-pressure",
          "PIDPressure", "node.kubernetes.io/pid-pressure",
          "NetworkUnavailable", "node.kubernetes.io/network-unavailable");

  /** The keys that we set and take away; all others belong to somebody else. */
  private static final Set<String> OURS =
      Set.of(
          NOT_READY,
          UNREACHABLE,
          UNSCHEDULABLE,
          "node.kubernetes.io/memory-pressure",
          "node.kubernetes.io/disk-pressure",
          "node.kubernetes.io/pid-pressure",
          "node.kubernetes.io/network-unavailable");

  private NodeConditions() {}

  /** The condition of a type, or null. */
  static @Nullable NodeCondition find(Node node, String type) {
    return node.status() == null
        ? null
        : node.status().conditions().stream()
            .filter(each -> type.equals(each.type()))
            .findFirst()
            .orElse(null);
  }

  /** {@code True}, {@code False} or {@code Unknown}; the last also if nothing was ever said. */
  static String ready(Node node) {
    NodeCondition ready = find(node, "Ready");
    return ready == null ? "Unknown" : Absent.or(ready.status(), "Unknown");
  }

  /** The conditions of a node that has been silent for too long. */
  static List<NodeCondition> silent(Node node, Instant now) {
    Instant second = now.truncatedTo(ChronoUnit.SECONDS);
    List<NodeCondition> conditions =
        new ArrayList<>(node.status() == null ? List.of() : node.status().conditions());
    for (String type : REPORTED) {
      NodeCondition known = find(node, type);
      if (known == null) {
        conditions.add(
            NodeCondition.builder()
                .type(type)
                .status("Unknown")
                .reason("NodeStatusNeverUpdated")
                .message("Kubelet never posted node status.")
                .lastHeartbeatTime(node.metadata().creationTimestamp())
                .lastTransitionTime(second)
                .build());
      } else if (!"Unknown".equals(known.status())) {
        conditions.set(
            conditions.indexOf(known),
            known.toBuilder()
                .status("Unknown")
                .reason("NodeStatusUnknown")
                .message("Kubelet stopped posting node status.")
                .lastTransitionTime(second)
                .build());
      }
    }
    return conditions;
  }

  /**
   * The taints that a node should have.
   *
   * @param evict whether pods may be evicted from nodes that are not ready; if not, present taints
   *     to that end are taken away
   */
  static List<Taint> taints(Node node, boolean evict, Instant now) {
    List<Taint> before = node.spec() == null ? List.of() : node.spec().taints();
    List<Taint> after = new ArrayList<>();
    for (Taint taint : before) {
      boolean ours =
          OURS.contains(Absent.empty(taint.key()))
              && (NO_SCHEDULE.equals(taint.effect()) || NO_EXECUTE.equals(taint.effect()));
      if (!ours) {
        after.add(taint);
      }
    }
    String ready = ready(node);
    if (!ready.equals("True")) {
      String key = ready.equals("False") ? NOT_READY : UNREACHABLE;
      add(after, before, key, NO_SCHEDULE, now);
      if (evict) {
        add(after, before, key, NO_EXECUTE, now);
      }
    }
    PRESSURES.forEach((type, key) -> {
      NodeCondition condition = find(node, type);
      if (condition != null && "True".equals(condition.status())) {
        add(after, before, key, NO_SCHEDULE, now);
      }
    });
    if (node.spec() != null && Boolean.TRUE.equals(node.spec().unschedulable())) {
      add(after, before, UNSCHEDULABLE, NO_SCHEDULE, now);
    }
    boolean same = after.size() == before.size() && before.containsAll(after);
    return same ? before : after;
  }

  private static void add(
      List<Taint> after, List<Taint> before, String key, String effect, Instant now) {
    for (Taint taint : before) {
      if (key.equals(taint.key()) && effect.equals(taint.effect())) {
        after.add(taint);
        return;
      }
    }
    after.add(
        Taint.builder()
            .key(key)
            .effect(effect)
            .timeAdded(now.truncatedTo(ChronoUnit.SECONDS))
            .build());
  }

  /** Whether the node has the taint that evicts pods from it because it is not ready. */
  static boolean evicting(Node node) {
    return node.spec() != null
        && node.spec().taints().stream()
            .anyMatch(taint ->
                NO_EXECUTE.equals(taint.effect())
                    && (NOT_READY.equals(taint.key()) || UNREACHABLE.equals(taint.key())));
  }
}
