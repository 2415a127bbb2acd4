package dev.tiphys.scheduler;

import static dev.tiphys.scheduler.Fixtures.node;
import static dev.tiphys.scheduler.Fixtures.pod;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.Taint;
import dev.tiphys.api.core.v1.Toleration;
import dev.tiphys.scheduler.filter.Filter;
import dev.tiphys.scheduler.score.Score;
import dev.tiphys.scheduler.state.NodeView;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DeciderTest {

  private static final Taint DEDICATED =
      Taint.builder().key("dedicated").value("db").effect("NoSchedule").build();

  private final Decider decider = new Decider(Filter.ALL, Score.ALL, new Random(1));

  @Test
  void aPodGoesToTheNodeWithMoreRoom() {
    NodeView busy = NodeView.of(node("busy"), List.of(spec(pod("a", "3", "6Gi"))));
    NodeView idle = NodeView.of(node("idle"), List.of());

    assertThat(decide(pod("p", "500m", "1Gi"), busy, idle)).isEqualTo(new Decision.Place("idle"));
  }

  @Test
  void theRefusalCountsReasonsOverAllNodes() {
    NodeView tainted = NodeView.of(node("tainted", DEDICATED), List.of());
    NodeView small = NodeView.of(node("small"), List.of());

    assertThat(decide(pod("p", "16", "1Gi"), tainted, small))
        .isEqualTo(
            new Decision.Unschedulable(
                "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint"
                    + " {dedicated: db}."));
  }

  @Test
  void aTolerationOpensATaintedNode() {
    Toleration toleration =
        Toleration.builder().key("dedicated").operator("Equal").value("db").build();
    Pod pod = pod("p", spec(pod("p", "1", "1Gi")).withTolerations(List.of(toleration)));

    assertThat(decide(pod, NodeView.of(node("tainted", DEDICATED), List.of())))
        .isEqualTo(new Decision.Place("tainted"));
  }

  @Test
  void aNodeSelectorMustMatch() {
    Pod pod = pod("p", PodSpec.builder().nodeSelector(Map.of("disk", "ssd")).build());

    assertThat(decide(pod, NodeView.of(node("n"), List.of())))
        .isEqualTo(
            new Decision.Unschedulable(
                "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector."));
  }

  @Test
  void aCordonedNodeTakesNothing() {
    var cordoned = node("n");
    cordoned = cordoned.withSpec(Objects.requireNonNull(cordoned.spec()).withUnschedulable(true));

    assertThat(decide(pod("p", "1", "1Gi"), NodeView.of(cordoned, List.of())))
        .isEqualTo(
            new Decision.Unschedulable("0/1 nodes are available: 1 node(s) were unschedulable."));
  }

  @Test
  void withoutNodesThePodWaits() {
    assertThat(decide(pod("p", "1", "1Gi")))
        .isEqualTo(new Decision.Unschedulable("no nodes available to schedule pods"));
  }

  private Decision decide(Pod pod, NodeView... nodes) {
    return decider.decide(pod, spec(pod), List.of(nodes));
  }

  private static PodSpec spec(Pod pod) {
    return Objects.requireNonNull(pod.spec());
  }
}
