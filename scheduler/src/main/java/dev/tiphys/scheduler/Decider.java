package dev.tiphys.scheduler;

import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.scheduler.filter.Filter;
import dev.tiphys.scheduler.score.Score;
import dev.tiphys.scheduler.state.NodeView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Chooses a node for a pod: those that no filter objects to, of these the one with the highest
 * weighted sum of scores, of several best ones any. A function of its arguments and the random
 * source.
 */
final class Decider {

  private final List<Filter> filters;
  private final List<Score> scores;
  private final RandomGenerator random;

  Decider(List<Filter> filters, List<Score> scores, RandomGenerator random) {
    this.filters = List.copyOf(filters);
    this.scores = List.copyOf(scores);
    this.random = random;
  }

  Decision decide(Pod pod, PodSpec spec, List<NodeView> nodes) {
    if (nodes.isEmpty()) {
      return new Decision.Unschedulable("no nodes available to schedule pods");
    }
    List<NodeView> possible = new ArrayList<>();
    Map<String, Integer> objections = new TreeMap<>();
    for (NodeView node : nodes) {
      List<String> reasons = objections(pod, spec, node);
      if (reasons.isEmpty()) {
        possible.add(node);
      }
      reasons.forEach(reason -> objections.merge(reason, 1, Integer::sum));
    }
    return possible.isEmpty()
        ? new Decision.Unschedulable(message(nodes.size(), objections))
        : new Decision.Place(best(spec, possible).name());
  }

  private List<String> objections(Pod pod, PodSpec spec, NodeView node) {
    for (Filter filter : filters) {
      List<String> objections = filter.objections(pod, spec, node);
      if (!objections.isEmpty()) {
        return objections;
      }
    }
    return List.of();
  }

  private static String message(int nodes, Map<String, Integer> objections) {
    return objections.entrySet().stream()
        .map(entry -> entry.getValue() + " " + entry.getKey())
        .sorted()
        .collect(Collectors.joining(", ", "0/" + nodes + " nodes are available: ", "."));
  }

  private NodeView best(PodSpec spec, List<NodeView> possible) {
    if (possible.size() == 1) {
      return possible.getFirst();
    }
    long[] sums = new long[possible.size()];
    for (Score score : scores) {
      long[] points = score.score(spec, possible);
      for (int i = 0; i < sums.length; i++) {
        sums[i] += points[i] * score.weight();
      }
    }
    int best = 0;
    int equals = 1;
    for (int i = 1; i < sums.length; i++) {
      if (sums[i] > sums[best]) {
        best = i;
        equals = 1;
      } else if (sums[i] == sums[best] && random.nextInt(++equals) == 0) {
        // Each of the n best so far is kept with a chance of one in n.
        best = i;
      }
    }
    return possible.get(best);
  }
}
