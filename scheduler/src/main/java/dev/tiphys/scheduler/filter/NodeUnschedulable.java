package dev.tiphys.scheduler.filter;

import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.Taint;
import dev.tiphys.scheduler.state.NodeView;
import java.util.List;

/** Cordoned nodes take only pods that tolerate {@code node.kubernetes.io/unschedulable}. */
final class NodeUnschedulable implements Filter {

  private static final Taint CORDON =
      Taint.builder().key("node.kubernetes.io/unschedulable").effect("NoSchedule").build();

  @Override
  public List<String> objections(Pod pod, PodSpec spec, NodeView node) {
    return node.unschedulable() && !Tolerance.tolerates(spec.tolerations(), CORDON)
        ? List.of("node(s) were unschedulable")
        : List.of();
  }
}
