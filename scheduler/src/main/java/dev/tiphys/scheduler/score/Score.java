package dev.tiphys.scheduler.score;

import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.scheduler.state.NodeView;
import java.util.List;

/** Says how well a node suits a pod that it can take. A pure function. */
public interface Score {

  /** The best score. */
  long MAX = 100;

  /** The scores that count, with upstream's default weights. */
  List<Score> ALL =
      List.of(
          new LeastAllocated(), new BalancedAllocation(), new PreferredNodes(), new SoftTaints());

  /** How much this score counts against the others. */
  long weight();

  /**
   * Scores all nodes at once, so that a score may compare them.
   *
   * @param nodes those that can take the pod
   * @return 0 to {@link #MAX} for each, in their order
   */
  long[] score(PodSpec pod, List<NodeView> nodes);

  /** Stretches raw counts to 0…{@link #MAX}, the largest becoming the best or the worst. */
  static long[] normalize(long[] raw, boolean largestIsWorst) {
    long max = 0;
    for (long value : raw) {
      max = Math.max(max, value);
    }
    long[] scores = new long[raw.length];
    for (int i = 0; i < raw.length; i++) {
      long share = max == 0 ? 0 : raw[i] * MAX / max;
      scores[i] = largestIsWorst ? MAX - share : share;
    }
    return scores;
  }
}
