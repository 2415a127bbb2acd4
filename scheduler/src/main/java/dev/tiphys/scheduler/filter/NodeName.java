package dev.tiphys.scheduler.filter;

import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.scheduler.state.NodeView;
import java.util.List;

/** A pod that names its node goes nowhere else. */
final class NodeName implements Filter {

  @Override
  public List<String> objections(Pod pod, PodSpec spec, NodeView node) {
    String wanted = spec.nodeName();
    return wanted == null || wanted.isEmpty() || wanted.equals(node.name())
        ? List.of()
        : List.of("node(s) didn't match the requested node name");
  }
}
