package dev.tiphys.scheduler.filter;

import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.scheduler.state.HostPort;
import dev.tiphys.scheduler.state.NodeView;
import java.util.List;

/** Two pods cannot have one port of a node. */
final class HostPorts implements Filter {

  @Override
  public List<String> objections(Pod pod, PodSpec spec, NodeView node) {
    for (HostPort wanted : HostPort.of(spec)) {
      if (node.hostPorts().stream().anyMatch(wanted::conflictsWith)) {
        return List.of("node(s) didn't have free ports for the requested pod ports");
      }
    }
    return List.of();
  }
}
