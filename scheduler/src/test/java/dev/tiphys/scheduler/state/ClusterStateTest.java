package dev.tiphys.scheduler.state;

import static dev.tiphys.scheduler.Fixtures.node;
import static dev.tiphys.scheduler.Fixtures.pod;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.PodStatus;
import dev.tiphys.client.ObjectKey;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ClusterStateTest {

  private final ClusterState state = new ClusterState();
  private final Pod pod = pod("p", "1", "1Gi");
  private final PodSpec spec = Objects.requireNonNull(pod.spec());

  @Test
  void anAssumedPodTakesRoomAtOnce() {
    state.putNode(node("n"));

    state.assume(ObjectKey.of(pod), spec, "n");

    assertThat(state.nodes().getFirst().requested().get("cpu")).isEqualTo(1000);
  }

  @Test
  void confirmationDoesNotCountThePodTwice() {
    state.putNode(node("n"));
    state.assume(ObjectKey.of(pod), spec, "n");

    state.putPod(pod.withSpec(spec.withNodeName("n")));

    assertThat(state.nodes().getFirst().pods()).isEqualTo(1);
  }

  @Test
  void aFailedPlacementGivesTheRoomBack() {
    state.putNode(node("n"));
    state.assume(ObjectKey.of(pod), spec, "n");

    state.forget(ObjectKey.of(pod));

    assertThat(state.nodes().getFirst().requested()).isEqualTo(Amounts.NONE);
  }

  @Test
  void aFinishedPodTakesNoRoom() {
    state.putNode(node("n"));
    Pod bound = pod.withSpec(spec.withNodeName("n"));
    state.putPod(bound);

    state.putPod(bound.withStatus(PodStatus.builder().phase("Succeeded").build()));

    assertThat(state.nodes().getFirst().pods()).isZero();
  }

  @Test
  void podsSeenBeforeTheirNodeCountWhenItComes() {
    state.putPod(pod.withSpec(spec.withNodeName("n")));
    assertThat(state.nodes()).isEmpty();

    state.putNode(node("n"));

    assertThat(state.nodes().getFirst().pods()).isEqualTo(1);
  }
}
