package dev.tiphys.controllermanager.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.apps.v1.Deployment;
import dev.tiphys.api.apps.v1.DeploymentSpec;
import dev.tiphys.api.apps.v1.DeploymentStrategy;
import dev.tiphys.api.apps.v1.ReplicaSet;
import dev.tiphys.api.apps.v1.ReplicaSetSpec;
import dev.tiphys.api.apps.v1.ReplicaSetStatus;
import dev.tiphys.api.apps.v1.RollingUpdateDeployment;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.value.IntOrString;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScalingTest {

  private static ReplicaSet set(String name, int size, int available) {
    return ReplicaSet.builder()
        .metadata(
            ObjectMeta.builder()
                .name(name)
                .creationTimestamp(Instant.EPOCH.plusSeconds(name.charAt(0)))
                .build())
        .spec(ReplicaSetSpec.builder().replicas(size).build())
        .status(ReplicaSetStatus.builder().replicas(size).availableReplicas(available).build())
        .build();
  }

  private static Map<String, Integer> named(Map<ReplicaSet, Integer> sizes) {
    Map<String, Integer> named = new HashMap<>();
    sizes.forEach((set, size) -> named.put(set.metadata().name(), size));
    return named;
  }

  @ParameterizedTest
  @CsvSource({
    // replicas, surge, unavailable -> surge, unavailable
    "10, 25%, 25%, 3, 2",
    "3, 25%, 25%, 1, 0",
    "1, 25%, 25%, 1, 0",
    "4, 0, 0, 0, 1",
    "4, 0%, 10%, 0, 1",
    "2, 1, 5, 1, 2",
    "10, 100%, 0, 10, 0",
  })
  void surgeRoundsUpUnavailableRoundsDownAndNeverBothAreZero(
      int replicas, String surge, String unavailable, int mostMore, int mostMissing) {
    Deployment deployment =
        Deployment.builder()
            .spec(
                DeploymentSpec.builder()
                    .replicas(replicas)
                    .strategy(
                        DeploymentStrategy.builder()
                            .rollingUpdate(
                                RollingUpdateDeployment.builder()
                                    .maxSurge(bound(surge))
                                    .maxUnavailable(bound(unavailable))
                                    .build())
                            .build())
                    .build())
            .build();

    assertThat(Bounds.of(deployment)).isEqualTo(new Bounds(replicas, mostMore, mostMissing, false));
  }

  private static IntOrString bound(String text) {
    return text.endsWith("%") ? IntOrString.of(text) : IntOrString.of(Integer.parseInt(text));
  }

  @ParameterizedTest
  @CsvSource({
    // replicas, surge, size of new, total -> new size
    "10, 2, 0, 10, 2",
    "10, 2, 2, 12, 2",
    "10, 2, 2, 11, 3",
    "10, 2, 9, 9, 10",
    "10, 2, 12, 12, 10",
    "10, 0, 0, 10, 0",
  })
  void theNewSetGrowsIntoTheRoomThatSurgeLeaves(
      int replicas, int surge, int size, int total, int expected) {
    assertThat(Scaling.newSize(new Bounds(replicas, surge, 1, false), size, total))
        .isEqualTo(expected);
  }

  @Test
  void oldSetsShrinkByWhatCanBeSpared() {
    Bounds bounds = new Bounds(10, 2, 2, false);

    assertThat(named(Scaling.shrinkOld(bounds, set("c", 4, 4), List.of(set("a", 8, 8)))))
        .containsExactly(Map.entry("a", 4));
    assertThat(named(Scaling.shrinkOld(bounds, set("c", 4, 0), List.of(set("a", 8, 8))))).isEmpty();
  }

  @Test
  void podsThatDoNotWorkAnyhowGoFirst() {
    Bounds bounds = new Bounds(10, 2, 2, false);

    assertThat(
            named(
                Scaling.shrinkOld(bounds, set("c", 2, 0), List.of(set("a", 7, 7), set("b", 3, 1)))))
        .containsExactly(Map.entry("b", 1));
  }

  @Test
  void resizingAmidARolloutSharesOutInProportion() {
    Bounds before = new Bounds(10, 2, 2, false);
    ReplicaSet fresh = sized(set("b", 4, 0), before);
    ReplicaSet old = sized(set("a", 8, 8), before);

    assertThat(
            named(
                Scaling.proportional(new Bounds(20, 4, 4, false), fresh, List.of(old, fresh), 12)))
        .containsOnly(Map.entry("a", 16), Map.entry("b", 8));
    assertThat(
            named(Scaling.proportional(new Bounds(5, 1, 1, false), fresh, List.of(old, fresh), 12)))
        .containsOnly(Map.entry("a", 4), Map.entry("b", 2));
    assertThat(
            named(Scaling.proportional(new Bounds(0, 0, 0, false), fresh, List.of(old, fresh), 12)))
        .containsOnly(Map.entry("a", 0), Map.entry("b", 0));
  }

  private static ReplicaSet sized(ReplicaSet set, Bounds bounds) {
    return set.withMetadata(
        set.metadata()
            .withAnnotations(Revisions.sized(Map.of(), bounds.replicas(), bounds.most())));
  }

  @Test
  void aLoneSetTakesItAll() {
    ReplicaSet only = set("a", 3, 3);

    assertThat(named(Scaling.proportional(new Bounds(7, 2, 1, false), only, List.of(only), 3)))
        .containsExactly(Map.entry("a", 7));
  }
}
