package dev.tiphys.scheduler.filter;

import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.Taint;
import dev.tiphys.scheduler.state.NodeView;
import java.util.List;

/** {@code NoSchedule} and {@code NoExecute} taints keep pods away that do not tolerate them. */
final class Taints implements Filter {

  @Override
  public List<String> objections(Pod pod, PodSpec spec, NodeView node) {
    for (Taint taint : node.taints()) {
      boolean repels = "NoSchedule".equals(taint.effect()) || "NoExecute".equals(taint.effect());
      if (repels && !Tolerance.tolerates(spec.tolerations(), taint)) {
        String value = taint.value();
        return List.of(
            "node(s) had untolerated taint {"
                + taint.key()
                + ": "
                + (value == null ? "" : value)
                + "}");
      }
    }
    return List.of();
  }
}
