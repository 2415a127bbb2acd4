package dev.tiphys.controllermanager.disruption;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodCondition;
import dev.tiphys.api.core.v1.PodStatus;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.policy.v1.PodDisruptionBudgetSpec;
import dev.tiphys.api.value.IntOrString;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BalanceTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private static Pod pod(String name, boolean ready) {
    return Pod.builder()
        .metadata(ObjectMeta.builder().name(name).build())
        .status(
            PodStatus.builder()
                .phase("Running")
                .conditions(
                    List.of(
                        PodCondition.builder()
                            .type("Ready")
                            .status(ready ? "True" : "False")
                            .build()))
                .build())
        .build();
  }

  private static List<Pod> pods(int ready, int others) {
    return IntStream.range(0, ready + others).mapToObj(i -> pod("p" + i, i < ready)).toList();
  }

  private static PodDisruptionBudgetSpec budget(String field, String share) {
    IntOrString value =
        share.endsWith("%") ? IntOrString.of(share) : IntOrString.of(Integer.parseInt(share));
    var spec = PodDisruptionBudgetSpec.builder();
    return (field.equals("least") ? spec.minAvailable(value) : spec.maxUnavailable(value)).build();
  }

  @ParameterizedTest
  @CsvSource({
    // budget, ready, not ready, owners want; expected, desired, allowed
    "least, 2,   3, 0, 3,  3, 2, 1",
    "least, 2,   1, 2, 3,  3, 2, 0",
    "least, 50%, 3, 0, 3,  3, 2, 1",
    "least, 50%, 4, 0, 8,  8, 4, 0",
    "most,  1,   3, 0, 3,  3, 2, 1",
    "most,  1,   2, 1, 3,  3, 2, 0",
    "most,  34%, 3, 0, 3,  3, 1, 2",
    "most,  5,   3, 0, 3,  3, 0, 3",
    "most,  1,   0, 0, 0,  0, 0, 0",
  })
  void whatMayGoIsWhatIsHealthyBeyondWhatMustBe(
      String field,
      String share,
      int ready,
      int others,
      int wanted,
      int expected,
      int desired,
      int allowed) {
    Balance balance =
        Balance.of(budget(field, share), pods(ready, others), Map.of(), _ -> wanted, NOW);

    assertThat(balance).isEqualTo(new Balance(expected, desired, ready, allowed, Map.of()));
  }

  @Test
  void aPodWhoseEvictionWasAllowedIsGoneUntilItIsSeenToStay() {
    PodDisruptionBudgetSpec budget = budget("least", "2");
    Map<String, Instant> evicted = Map.of("p0", NOW, "gone", NOW);

    Balance soon = Balance.of(budget, pods(3, 0), evicted, _ -> 3, NOW.plusSeconds(1));
    assertThat(soon.disrupted()).containsOnlyKeys("p0");
    assertThat(soon.allowed()).isZero();

    Balance later =
        Balance.of(budget, pods(3, 0), evicted, _ -> 3, NOW.plus(Duration.ofMinutes(2)));
    assertThat(later.disrupted()).isEmpty();
    assertThat(later.allowed()).isEqualTo(1);
  }
}
