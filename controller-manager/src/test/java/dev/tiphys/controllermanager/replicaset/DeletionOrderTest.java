package dev.tiphys.controllermanager.replicaset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.core.v1.ContainerStatus;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodCondition;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.PodStatus;
import dev.tiphys.api.meta.v1.ObjectMeta;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeletionOrderTest {

  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

  private static Pod pod(String name, String node, String phase, boolean ready) {
    return Pod.builder()
        .metadata(
            ObjectMeta.builder()
                .name(name)
                .uid(name)
                .creationTimestamp(NOW.minus(Duration.ofHours(2)))
                .build())
        .spec(PodSpec.builder().nodeName(node.isEmpty() ? null : node).build())
        .status(
            PodStatus.builder()
                .phase(phase)
                .conditions(
                    List.of(
                        PodCondition.builder()
                            .type("Ready")
                            .status(ready ? "True" : "False")
                            .lastTransitionTime(NOW.minus(Duration.ofHours(1)))
                            .build()))
                .build())
        .build();
  }

  private static List<String> order(Pod... pods) {
    return DeletionOrder.sort(List.of(pods), List.of(pods), NOW).stream()
        .map(pod -> String.valueOf(pod.metadata().name()))
        .toList();
  }

  @Test
  void unboundThenPendingThenNotReadyPodsGoBeforeReadyOnes() {
    assertThat(
            order(
                pod("ready", "n1", "Running", true),
                pod("not-ready", "n2", "Running", false),
                pod("pending", "n3", "Pending", false),
                pod("unbound", "", "Pending", false)))
        .containsExactly("unbound", "pending", "not-ready", "ready");
  }

  @Test
  void theCheaperPodGoesFirst() {
    Pod cheap = pod("cheap", "n1", "Running", true);
    Pod dear = pod("dear", "n2", "Running", true);
    assertThat(
            order(
                dear.withMetadata(
                    dear.metadata().withAnnotations(Map.of(DeletionOrder.COST, "10"))),
                cheap.withMetadata(
                    cheap.metadata().withAnnotations(Map.of(DeletionOrder.COST, "-10")))))
        .containsExactly("cheap", "dear");
  }

  @Test
  void nodesWithMorePodsLoseTheirsFirst() {
    assertThat(
            order(
                pod("alone", "n1", "Running", true),
                pod("one-of-two", "n2", "Running", true),
                pod("other-of-two", "n2", "Running", true)))
        .last()
        .isEqualTo("alone");
  }

  @Test
  void thePodThatHasBeenReadyForAShorterTimeGoesFirst() {
    Pod young = pod("young", "n1", "Running", true);
    Pod old = pod("old", "n2", "Running", true);
    PodStatus status = young.status() == null ? PodStatus.builder().build() : young.status();
    Pod recent =
        young.withStatus(
            status.withConditions(
                List.of(
                    status.conditions().getFirst().toBuilder()
                        .lastTransitionTime(NOW.minusSeconds(10))
                        .build())));
    assertThat(order(old, recent)).containsExactly("young", "old");
  }

  @Test
  void thePodThatRestartsMoreGoesFirst() {
    Pod steady = pod("steady", "n1", "Running", true);
    Pod shaky = pod("shaky", "n2", "Running", true);
    PodStatus status = shaky.status() == null ? PodStatus.builder().build() : shaky.status();
    assertThat(
            order(
                steady,
                shaky.withStatus(
                    status.withContainerStatuses(
                        List.of(ContainerStatus.builder().restartCount(9).build())))))
        .containsExactly("shaky", "steady");
  }
}
