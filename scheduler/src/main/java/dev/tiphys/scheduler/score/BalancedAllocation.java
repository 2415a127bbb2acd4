package dev.tiphys.scheduler.score;

import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.scheduler.state.Amounts;
import dev.tiphys.scheduler.state.NodeView;
import dev.tiphys.scheduler.state.PodRequests;
import java.util.List;

/** Prefers nodes whose CPU and memory would be used alike, so that neither is left stranded. */
final class BalancedAllocation implements Score {

  @Override
  public long weight() {
    return 1;
  }

  @Override
  public long[] score(PodSpec pod, List<NodeView> nodes) {
    Amounts wanted = PodRequests.of(pod);
    return nodes.stream().mapToLong(node -> score(wanted, node)).toArray();
  }

  private static long score(Amounts wanted, NodeView node) {
    double cpu = used(wanted, node, Amounts.CPU);
    double memory = used(wanted, node, Amounts.MEMORY);
    // Of two values the standard deviation is half their distance.
    return Math.round((1 - Math.abs(cpu - memory) / 2) * MAX);
  }

  private static double used(Amounts wanted, NodeView node, String resource) {
    long capacity = node.allocatable().get(resource);
    return capacity == 0
        ? 1
        : Math.min(1, (double) (node.requested().get(resource) + wanted.get(resource)) / capacity);
  }
}
