package dev.tiphys.scheduler.filter;

import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.scheduler.state.Amounts;
import dev.tiphys.scheduler.state.NodeView;
import dev.tiphys.scheduler.state.PodRequests;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the pods of a node ask for must not exceed what the node has to give. */
final class ResourceFit implements Filter {

  @Override
  public List<String> objections(Pod pod, PodSpec spec, NodeView node) {
    List<String> objections = new ArrayList<>();
    if (node.pods() + 1 > node.allocatable().get(Amounts.PODS)) {
      objections.add("Too many pods");
    }
    Map<String, Long> wanted = new TreeMap<>(PodRequests.of(spec).byName());
    wanted.forEach((name, amount) -> {
      long free = node.allocatable().get(name) - node.requested().get(name);
      if (amount > 0 && amount > free) {
        objections.add("Insufficient " + name);
      }
    });
    return objections;
  }
}
