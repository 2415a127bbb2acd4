package dev.tiphys.scheduler.score;

import dev.tiphys.api.core.v1.Affinity;
import dev.tiphys.api.core.v1.NodeAffinity;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.PreferredSchedulingTerm;
import dev.tiphys.scheduler.filter.NodeTerms;
import dev.tiphys.scheduler.state.NodeView;
import java.util.List;

/** Adds up the weights of the preferred node affinity terms that a node matches. */
final class PreferredNodes implements Score {

  @Override
  public long weight() {
    return 2;
  }

  @Override
  public long[] score(PodSpec pod, List<NodeView> nodes) {
    Affinity affinity = pod.affinity();
    NodeAffinity nodeAffinity = affinity == null ? null : affinity.nodeAffinity();
    if (nodeAffinity == null) {
      return new long[nodes.size()];
    }
    List<PreferredSchedulingTerm> terms =
        nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution();
    long[] sums = nodes.stream().mapToLong(node -> sum(terms, node)).toArray();
    return Score.normalize(sums, false);
  }

  private static long sum(List<PreferredSchedulingTerm> terms, NodeView node) {
    long sum = 0;
    for (PreferredSchedulingTerm term : terms) {
      Integer weight = term.weight();
      var preference = term.preference();
      if (weight != null && preference != null && NodeTerms.matches(preference, node)) {
        sum += weight;
      }
    }
    return sum;
  }
}
