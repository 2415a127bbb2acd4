package dev.tiphys.scheduler.score;

import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.scheduler.state.Amounts;
import dev.tiphys.scheduler.state.NodeView;
import dev.tiphys.scheduler.state.PodRequests;
import java.util.List;

/** Prefers nodes with the largest share of CPU and memory free, so that load spreads. */
final class LeastAllocated implements Score {

  @Override
  public long weight() {
    return 1;
  }

  @Override
  public long[] score(PodSpec pod, List<NodeView> nodes) {
    Amounts wanted = PodRequests.forScoring(pod);
    return nodes.stream().mapToLong(node -> score(wanted, node)).toArray();
  }

  private static long score(Amounts wanted, NodeView node) {
    return (free(wanted, node, Amounts.CPU) + free(wanted, node, Amounts.MEMORY)) / 2;
  }

  private static long free(Amounts wanted, NodeView node, String resource) {
    long capacity = node.allocatable().get(resource);
    long used = node.requestedForScoring().get(resource) + wanted.get(resource);
    return capacity == 0 || used > capacity ? 0 : (capacity - used) * MAX / capacity;
  }
}
