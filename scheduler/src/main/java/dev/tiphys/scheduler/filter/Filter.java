package dev.tiphys.scheduler.filter;

import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.scheduler.state.NodeView;
import java.util.List;

/**
 * Says whether a node can take a pod. A pure function.
 *
 * <p>Reasons are the words that operators and their tools know from upstream's events; they are
 * counted over all nodes, so they must not name the node.
 */
@FunctionalInterface
public interface Filter {

  /** The filters in the order in which they are asked; the first that objects ends the question. */
  List<Filter> ALL =
      List.of(
          new NodeUnschedulable(),
          new NodeName(),
          new Taints(),
          new NodeSelection(),
          new HostPorts(),
          new ResourceFit());

  /**
   * Why the node cannot take the pod.
   *
   * @param pod the pod's object
   * @param spec its spec
   * @return empty if it can
   */
  List<String> objections(Pod pod, PodSpec spec, NodeView node);
}
