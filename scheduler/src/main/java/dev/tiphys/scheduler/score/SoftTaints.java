package dev.tiphys.scheduler.score;

import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.scheduler.filter.Tolerance;
import dev.tiphys.scheduler.state.NodeView;
import java.util.List;

/** Prefers nodes with fewer {@code PreferNoSchedule} taints that the pod does not tolerate. */
final class SoftTaints implements Score {

  @Override
  public long weight() {
    return 3;
  }

  @Override
  public long[] score(PodSpec pod, List<NodeView> nodes) {
    long[] counts =
        nodes.stream()
            .mapToLong(node ->
                node.taints().stream()
                    .filter(taint -> "PreferNoSchedule".equals(taint.effect()))
                    .filter(taint -> !Tolerance.tolerates(pod.tolerations(), taint))
                    .count())
            .toArray();
    return Score.normalize(counts, true);
  }
}
