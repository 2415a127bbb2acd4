package dev.tiphys.scheduler.filter;

import dev.tiphys.api.core.v1.Affinity;
import dev.tiphys.api.core.v1.NodeAffinity;
import dev.tiphys.api.core.v1.NodeSelector;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.scheduler.state.NodeView;
import java.util.List;
import java.util.Map;

/** The pod's {@code nodeSelector} and its required node affinity. */
final class NodeSelection implements Filter {

  @Override
  public List<String> objections(Pod pod, PodSpec spec, NodeView node) {
    return matchesSelector(spec, node) && matchesAffinity(spec, node)
        ? List.of()
        : List.of("node(s) didn't match Pod's node affinity/selector");
  }

  private static boolean matchesSelector(PodSpec spec, NodeView node) {
    for (Map.Entry<String, String> wanted : spec.nodeSelector().entrySet()) {
      if (!wanted.getValue().equals(node.labels().get(wanted.getKey()))) {
        return false;
      }
    }
    return true;
  }

  private static boolean matchesAffinity(PodSpec spec, NodeView node) {
    Affinity affinity = spec.affinity();
    NodeAffinity nodeAffinity = affinity == null ? null : affinity.nodeAffinity();
    NodeSelector required =
        nodeAffinity == null ? null : nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution();
    return required == null
        || required.nodeSelectorTerms().stream().anyMatch(term -> NodeTerms.matches(term, node));
  }
}
