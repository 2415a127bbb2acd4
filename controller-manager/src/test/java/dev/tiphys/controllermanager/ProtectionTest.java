package dev.tiphys.controllermanager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.PersistentVolumeClaim;
import dev.tiphys.api.core.v1.PersistentVolumeClaimVolumeSource;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.ResourceQuota;
import dev.tiphys.api.core.v1.ResourceQuotaSpec;
import dev.tiphys.api.core.v1.Volume;
import dev.tiphys.api.meta.v1.DeleteOptions;
import dev.tiphys.api.meta.v1.LabelSelector;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.policy.v1.PodDisruptionBudget;
import dev.tiphys.api.policy.v1.PodDisruptionBudgetSpec;
import dev.tiphys.api.value.IntOrString;
import dev.tiphys.api.value.Quantity;
import dev.tiphys.client.ResourceClient;
import dev.tiphys.client.controller.Telemetry;
import dev.tiphys.simulation.Faults;
import dev.tiphys.simulation.SimulatedCluster;
import dev.tiphys.simulation.SimulatedEnvironment;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What must not go while it is used, and what there may be no more of. */
@NullUnmarked
class ProtectionTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** Shorter than the time after which pods of a node that is not there are swept away. */
  private static final Duration A_WHILE = Duration.ofSeconds(10);

  private static final DeleteOptions NOW = DeleteOptions.builder().gracePeriodSeconds(0L).build();

  private SimulatedEnvironment environment;
  private SimulatedCluster cluster;
  private ResourceClient<Pod> pods;
  private ResourceClient<PersistentVolumeClaim> claims;
  private ResourceClient<PodDisruptionBudget> budgets;

  @BeforeEach
  void begin() {
    environment = new SimulatedEnvironment(7);
    cluster = new SimulatedCluster(environment);
    cluster.faults(Faults.SLOW);
    pods = cluster.client().resource(Resources.PODS).inNamespace("default");
    claims = cluster.client().resource(Resources.PERSISTENT_VOLUME_CLAIMS).inNamespace("default");
    budgets = cluster.client().resource(Resources.POD_DISRUPTION_BUDGETS).inNamespace("default");
    ControllerManager manager =
        new ControllerManager(
            cluster.client(),
            EveryLoop.config(),
            environment.process("controller-manager"),
            Telemetry.NONE);
    manager.startCaches();
    manager.startLoops();
  }

  private static ObjectMeta named(String name) {
    return ObjectMeta.builder().namespace("default").name(name).labels(Map.of("app", "db")).build();
  }

  private static Pod using(String name, String claim) {
    return Pod.builder()
        .metadata(named(name))
        .spec(
            PodSpec.builder()
                .nodeName("n1")
                .containers(List.of(Container.builder().name("c").image("i").build()))
                .volumes(
                    List.of(
                        Volume.builder()
                            .name("v")
                            .persistentVolumeClaim(
                                PersistentVolumeClaimVolumeSource.builder()
                                    .claimName(claim)
                                    .build())
                            .build()))
                .build())
        .build();
  }

  @Test
  void aClaimStaysUntilTheLastPodThatUsesItHasGone() {
    claims.create(PersistentVolumeClaim.builder().metadata(named("data")).build());
    assertThat(environment.runUntil(() -> isProtected("data"), MINUTE)).isTrue();
    pods.create(using("one", "data"));
    pods.create(using("two", "data"));

    claims.delete("data");
    environment.runFor(A_WHILE);
    pods.delete("one", NOW);
    environment.runFor(A_WHILE);
    assertThat(isProtected("data")).isTrue();

    pods.delete("two", NOW);
    assertThat(environment.runUntil(() -> claims.find("data").isEmpty(), MINUTE)).isTrue();
  }

  private boolean isProtected(String claim) {
    return claims.get(claim).metadata().finalizers().contains("kubernetes.io/pvc-protection");
  }

  @Test
  void aBudgetTellsWhatItAllowsAsPodsComeAndGo() {
    budgets.create(
        PodDisruptionBudget.builder()
            .metadata(named("two-of-them"))
            .spec(
                PodDisruptionBudgetSpec.builder()
                    .minAvailable(IntOrString.of(2))
                    .selector(LabelSelector.builder().matchLabels(Map.of("app", "db")).build())
                    .build())
            .build());
    pods.create(using("one", "a"));
    pods.create(using("two", "b"));

    assertThat(environment.runUntil(() -> told(2, 2), MINUTE)).isTrue();
    assertThat(budgets.get("two-of-them").status().disruptionsAllowed()).isZero();
    assertThat(budgets.get("two-of-them").status().conditions().getFirst().reason())
        .isEqualTo("InsufficientPods");

    pods.delete("two", NOW);
    assertThat(environment.runUntil(() -> told(1, 2), MINUTE)).isTrue();
  }

  @Test
  void aQuotaTellsWhatIsUsedAndWhatIsFreeAgain() {
    ResourceClient<ResourceQuota> quotas =
        cluster.client().resource(Resources.RESOURCE_QUOTAS).inNamespace("default");
    quotas.create(
        ResourceQuota.builder()
            .metadata(named("small"))
            .spec(
                ResourceQuotaSpec.builder()
                    .hard(Map.of("pods", Quantity.of(5), "services", Quantity.of(1)))
                    .build())
            .build());
    pods.create(using("one", "a"));
    pods.create(using("two", "b"));
    assertThat(environment.runUntil(() -> used(quotas, "2"), MINUTE)).isTrue();

    pods.delete("one", NOW);
    assertThat(environment.runUntil(() -> used(quotas, "1"), MINUTE)).isTrue();
    assertThat(quotas.get("small").status().hard()).containsEntry("pods", Quantity.of(5));
  }

  private static boolean used(ResourceClient<ResourceQuota> quotas, String pods) {
    var status = quotas.get("small").status();
    return status != null
        && Map.of("pods", Quantity.parse(pods), "services", Quantity.ZERO).equals(status.used());
  }

  private boolean told(int expected, int desired) {
    var status = budgets.get("two-of-them").status();
    return status != null
        && Integer.valueOf(expected).equals(status.expectedPods())
        && Integer.valueOf(desired).equals(status.desiredHealthy());
  }
}
