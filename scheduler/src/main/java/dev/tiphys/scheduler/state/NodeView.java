package dev.tiphys.scheduler.state;

import dev.tiphys.api.core.v1.Node;
import dev.tiphys.api.core.v1.NodeSpec;
import dev.tiphys.api.core.v1.NodeStatus;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.Taint;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A node as the scheduler sees it at one moment. Immutable.
 *
 * @param node the object
 * @param allocatable what pods may take altogether
 * @param requested what the pods on it ask for
 * @param requestedForScoring the same, with unstated requests taken as small ones
 * @param pods how many pods are on it
 * @param hostPorts the ports taken
 */
public record NodeView(
    Node node,
    Amounts allocatable,
    Amounts requested,
    Amounts requestedForScoring,
    int pods,
    Set<HostPort> hostPorts) {

  /** A node with the pods that are bound to it or about to be. */
  public static NodeView of(Node node, Iterable<PodSpec> pods) {
    Amounts requested = Amounts.NONE;
    Amounts forScoring = Amounts.NONE;
    Set<HostPort> ports = new HashSet<>();
    int count = 0;
    for (PodSpec pod : pods) {
      requested = requested.plus(PodRequests.of(pod));
      forScoring = forScoring.plus(PodRequests.forScoring(pod));
      ports.addAll(HostPort.of(pod));
      count++;
    }
    NodeStatus status = node.status();
    Amounts allocatable = status == null ? Amounts.NONE : Amounts.of(status.allocatable());
    return new NodeView(node, allocatable, requested, forScoring, count, Set.copyOf(ports));
  }

  /** The node's name. */
  public String name() {
    String name = node.metadata().name();
    return name == null ? "" : name;
  }

  /** The node's labels. */
  public Map<String, String> labels() {
    return node.metadata().labels();
  }

  /** The node's taints. */
  public List<Taint> taints() {
    NodeSpec spec = node.spec();
    return spec == null ? List.of() : spec.taints();
  }

  /** Whether an operator cordoned the node. */
  public boolean unschedulable() {
    NodeSpec spec = node.spec();
    return spec != null && Boolean.TRUE.equals(spec.unschedulable());
  }
}
