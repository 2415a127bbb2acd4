package dev.tiphys.controllermanager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.Resources;
import dev.tiphys.api.apps.v1.Deployment;
import dev.tiphys.api.apps.v1.DeploymentCondition;
import dev.tiphys.api.apps.v1.DeploymentSpec;
import dev.tiphys.api.apps.v1.DeploymentStrategy;
import dev.tiphys.api.apps.v1.ReplicaSet;
import dev.tiphys.api.apps.v1.RollingUpdateDeployment;
import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.Namespace;
import dev.tiphys.api.core.v1.NamespaceSpec;
import dev.tiphys.api.core.v1.Node;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.PodTemplateSpec;
import dev.tiphys.api.core.v1.Service;
import dev.tiphys.api.core.v1.ServicePort;
import dev.tiphys.api.core.v1.ServiceSpec;
import dev.tiphys.api.core.v1.Toleration;
import dev.tiphys.api.discovery.v1.EndpointSlice;
import dev.tiphys.api.meta.v1.DeleteOptions;
import dev.tiphys.api.meta.v1.LabelSelector;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.value.IntOrString;
import dev.tiphys.client.ResourceClient;
import dev.tiphys.client.controller.Telemetry;
import dev.tiphys.controllermanager.pod.Pods;
import dev.tiphys.simulation.Faults;
import dev.tiphys.simulation.SimulatedCluster;
import dev.tiphys.simulation.SimulatedEnvironment;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All control loops together, in a simulated cluster, seen from outside. */
@NullUnmarked
class ControllerManagerTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration TENTH = Duration.ofMillis(100);

  private SimulatedEnvironment environment;
  private SimulatedCluster cluster;
  private SimulatedNodes nodes;
  private SimulatedEnvironment.Process process;
  private ResourceClient<Deployment> deployments;

  private void begin(long seed, Faults faults, int nodeCount) {
    environment = new SimulatedEnvironment(seed);
    cluster = new SimulatedCluster(environment);
    cluster.faults(faults);
    nodes = new SimulatedNodes(environment, cluster, nodeCount);
    deployments = cluster.client().resource(Resources.DEPLOYMENTS).inNamespace("default");
    cluster
        .client()
        .resource(Resources.NAMESPACES)
        .create(
            Namespace.builder()
                .metadata(ObjectMeta.builder().name("default").build())
                .spec(NamespaceSpec.builder().finalizers(List.of("kubernetes")).build())
                .build());
    startManager();
  }

  private void startManager() {
    process = environment.process("controller-manager");
    ControllerManager manager =
        new ControllerManager(cluster.client(), EveryLoop.config(), process, Telemetry.NONE);
    manager.startCaches();
    manager.startLoops();
  }

  private static Deployment web(int replicas, String image) {
    Map<String, String> labels = Map.of("app", "web");
    return Deployment.builder()
        .metadata(ObjectMeta.builder().namespace("default").name("web").build())
        .spec(
            DeploymentSpec.builder()
                .replicas(replicas)
                .selector(LabelSelector.builder().matchLabels(labels).build())
                .revisionHistoryLimit(2)
                .progressDeadlineSeconds(60)
                .strategy(
                    DeploymentStrategy.builder()
                        .type("RollingUpdate")
                        .rollingUpdate(
                            RollingUpdateDeployment.builder()
                                .maxSurge(IntOrString.of("25%"))
                                .maxUnavailable(IntOrString.of("25%"))
                                .build())
                        .build())
                .template(
                    PodTemplateSpec.builder()
                        .metadata(ObjectMeta.builder().labels(labels).build())
                        .spec(pod(image))
                        .build())
                .build())
        .build();
  }

  private static PodSpec pod(String image) {
    return PodSpec.builder()
        .containers(List.of(Container.builder().name("web").image(image).build()))
        .tolerations(
            List.of(
                Toleration.builder()
                    .key("node.kubernetes.io/unreachable")
                    .operator("Exists")
                    .effect("NoExecute")
                    .tolerationSeconds(30L)
                    .build()))
        .build();
  }

  private void change(UnaryOperator<DeploymentSpec> how) {
    Deployment now = deployments.get("web");
    deployments.update(now.withSpec(how.apply(now.spec())));
  }

  private void image(String image) {
    change(spec -> spec.withTemplate(spec.template().withSpec(pod(image))));
  }

  private List<Pod> activePods() {
    return cluster.all(Resources.PODS).stream().filter(Pods::active).toList();
  }

  private long ready() {
    return activePods().stream().filter(Pods::ready).count();
  }

  private boolean rolledOut(int replicas, String image) {
    return activePods().size() == replicas
        && activePods().stream()
            .allMatch(each ->
                Pods.ready(each) && each.spec().containers().getFirst().image().equals(image))
        && cluster.all(Resources.PODS).size() == replicas
        && Integer.valueOf(replicas).equals(deployments.get("web").status().availableReplicas())
        && deployments.get("web").metadata().generation().longValue()
            == deployments.get("web").status().observedGeneration();
  }

  private DeploymentCondition condition(String type) {
    return deployments.get("web").status().conditions().stream()
        .filter(each -> each.type().equals(type))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void aRolloutKeepsItsBoundsAndCompletesOnASlowNetwork(long seed) {
    begin(seed, Faults.SLOW, 3);
    deployments.create(web(8, "a"));
    assertThat(environment.runUntil(() -> rolledOut(8, "a"), MINUTE)).isTrue();

    image("b");
    boolean done = false;
    for (int i = 0; i < 1200 && !done; i++) {
      done = environment.runUntil(() -> rolledOut(8, "b"), TENTH);
      assertThat(activePods().size()).as("surge").isLessThanOrEqualTo(10);
      assertThat(ready()).as("availability").isGreaterThanOrEqualTo(6);
    }

    assertThat(done).isTrue();
    environment.runFor(MINUTE);
    assertThat(condition("Progressing").reason()).isEqualTo("NewReplicaSetAvailable");
    assertThat(condition("Available").status()).isEqualTo("True");
    assertThat(deployments.get("web").metadata().annotations())
        .containsEntry("deployment.kubernetes.io/revision", "2");
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18})
  void killedInTheMidstOfARolloutOnABadDayItStillConverges(long seed) {
    begin(seed, Faults.FLAKY, 3);
    deployments.create(web(6, "a"));
    environment.runFor(Duration.ofMillis(300 + seed * 37));
    process.kill();
    startManager();
    environment.runFor(Duration.ofSeconds(4));
    image("b");
    environment.runFor(Duration.ofMillis(100 + seed * 217));
    process.kill();
    cluster.breakWatches();
    cluster.compact();
    startManager();

    assertThat(environment.runUntil(() -> rolledOut(6, "b"), MINUTE.multipliedBy(20))).isTrue();
  }

  @Test
  void undoBringsAnOldRevisionBackAndHistoryIsBounded() {
    begin(5, Faults.NONE, 2);
    deployments.create(web(2, "a"));
    environment.runUntil(() -> rolledOut(2, "a"), MINUTE);
    for (String image : List.of("b", "c", "d", "e")) {
      image(image);
      assertThat(environment.runUntil(() -> rolledOut(2, image), MINUTE)).isTrue();
      environment.runFor(MINUTE);
    }
    assertThat(cluster.all(Resources.REPLICA_SETS)).hasSize(3);

    image("d");
    assertThat(environment.runUntil(() -> rolledOut(2, "d"), MINUTE)).isTrue();
    environment.runFor(MINUTE);

    assertThat(deployments.get("web").metadata().annotations())
        .containsEntry("deployment.kubernetes.io/revision", "6");
    ReplicaSet current =
        cluster.all(Resources.REPLICA_SETS).stream()
            .filter(set -> set.spec().replicas() == 2)
            .findFirst()
            .orElseThrow();
    assertThat(current.metadata().annotations())
        .containsEntry("deployment.kubernetes.io/revision", "6")
        .containsEntry("deployment.kubernetes.io/revision-history", "4");
  }

  @Test
  void aBrokenImageStopsTheRolloutAndTheDeadlineSaysSo() {
    begin(6, Faults.NONE, 2);
    deployments.create(web(4, "a"));
    environment.runUntil(() -> rolledOut(4, "a"), MINUTE);

    image("broken");
    environment.runFor(MINUTE.multipliedBy(3));

    assertThat(ready()).isEqualTo(3);
    assertThat(condition("Progressing").reason()).isEqualTo("ProgressDeadlineExceeded");
    assertThat(condition("Progressing").status()).isEqualTo("False");
    assertThat(condition("Progressing").message()).contains("has timed out progressing.");
  }

  @Test
  void scalingAmidARolloutSharesOut() {
    begin(7, Faults.NONE, 2);
    deployments.create(web(8, "a"));
    environment.runUntil(() -> rolledOut(8, "a"), MINUTE);
    image("broken");
    environment.runFor(MINUTE);
    change(spec -> spec.withReplicas(16));
    environment.runFor(MINUTE);

    assertThat(activePods()).hasSize(20);
    assertThat(ready()).isGreaterThanOrEqualTo(12);
  }

  @Test
  void recreateWaitsForTheLastOldPod() {
    begin(8, Faults.NONE, 2);
    Deployment web = web(3, "a");
    deployments.create(
        web.withSpec(
            web.spec().withStrategy(DeploymentStrategy.builder().type("Recreate").build())));
    environment.runUntil(() -> rolledOut(3, "a"), MINUTE);

    image("b");
    boolean done = false;
    for (int i = 0; i < 600 && !done; i++) {
      done = environment.runUntil(() -> rolledOut(3, "b"), TENTH);
      assertThat(
              cluster.all(Resources.PODS).stream()
                  .map(pod -> pod.spec().containers().getFirst().image())
                  .distinct()
                  .count())
          .isLessThanOrEqualTo(1);
    }

    assertThat(done).isTrue();
  }

  @Test
  void aPausedDeploymentRollsOutOnlyWhenResumed() {
    begin(9, Faults.NONE, 2);
    deployments.create(web(2, "a"));
    environment.runUntil(() -> rolledOut(2, "a"), MINUTE);
    change(spec -> spec.withPaused(true));
    image("b");
    environment.runFor(MINUTE);
    assertThat(rolledOut(2, "a")).isTrue();
    assertThat(condition("Progressing").reason()).isEqualTo("DeploymentPaused");

    change(spec -> spec.withPaused(null));

    assertThat(environment.runUntil(() -> rolledOut(2, "b"), MINUTE)).isTrue();
  }

  @Test
  void aDeletedDeploymentTakesItsSetsAndPodsAlong() {
    begin(10, Faults.NONE, 2);
    deployments.create(web(3, "a"));
    environment.runUntil(() -> rolledOut(3, "a"), MINUTE);

    deployments.delete("web");
    environment.runFor(MINUTE);

    assertThat(cluster.all(Resources.REPLICA_SETS)).isEmpty();
    assertThat(cluster.all(Resources.PODS)).isEmpty();
  }

  @Test
  void inTheForegroundTheDeploymentGoesLast() {
    begin(11, Faults.SLOW, 2);
    deployments.create(web(3, "a"));
    environment.runUntil(() -> rolledOut(3, "a"), MINUTE);

    deployments.delete("web", DeleteOptions.builder().propagationPolicy("Foreground").build());
    boolean gone = false;
    for (int i = 0; i < 600 && !gone; i++) {
      gone = environment.runUntil(() -> cluster.all(Resources.DEPLOYMENTS).isEmpty(), TENTH);
      assertThat(gone && !cluster.all(Resources.PODS).isEmpty()).isFalse();
    }

    assertThat(gone).isTrue();
    assertThat(cluster.all(Resources.REPLICA_SETS)).isEmpty();
  }

  @Test
  void orphanedPodsLiveOnAndAreAdoptedAgain() {
    begin(12, Faults.NONE, 2);
    deployments.create(web(3, "a"));
    environment.runUntil(() -> rolledOut(3, "a"), MINUTE);
    List<String> before = activePods().stream().map(pod -> pod.metadata().uid()).sorted().toList();

    deployments.delete("web", DeleteOptions.builder().propagationPolicy("Orphan").build());
    environment.runFor(MINUTE);
    assertThat(cluster.all(Resources.DEPLOYMENTS)).isEmpty();
    assertThat(cluster.all(Resources.REPLICA_SETS)).hasSize(1);
    deployments.create(web(3, "a"));
    environment.runFor(MINUTE);

    assertThat(activePods().stream().map(pod -> pod.metadata().uid()).sorted().toList())
        .isEqualTo(before);
  }

  @Test
  void aNamespaceGoesWithEverythingInIt() {
    begin(13, Faults.SLOW, 2);
    deployments.create(web(3, "a"));
    environment.runUntil(() -> rolledOut(3, "a"), MINUTE);
    assertThat(cluster.all(Resources.SERVICE_ACCOUNTS)).hasSize(1);
    assertThat(cluster.all(Resources.CONFIG_MAPS))
        .singleElement()
        .satisfies(map -> assertThat(map.data()).containsEntry("ca.crt", "the authority"));

    cluster.client().resource(Resources.NAMESPACES).delete("default");
    environment.runFor(MINUTE.multipliedBy(2));

    assertThat(cluster.all(Resources.NAMESPACES)).isEmpty();
    assertThat(cluster.all(Resources.DEPLOYMENTS)).isEmpty();
    assertThat(cluster.all(Resources.PODS)).isEmpty();
    assertThat(cluster.all(Resources.SERVICE_ACCOUNTS)).isEmpty();
    assertThat(cluster.all(Resources.CONFIG_MAPS)).isEmpty();
  }

  @Test
  void aServiceIsToldByItsReadyPods() {
    begin(14, Faults.SLOW, 2);
    deployments.create(web(3, "a"));
    cluster
        .client()
        .resource(Resources.SERVICES)
        .create(
            Service.builder()
                .metadata(ObjectMeta.builder().namespace("default").name("web").build())
                .spec(
                    ServiceSpec.builder()
                        .selector(Map.of("app", "web"))
                        .clusterIP("10.96.0.10")
                        .ports(
                            List.of(
                                ServicePort.builder()
                                    .port(80)
                                    .targetPort(IntOrString.of(8080))
                                    .build()))
                        .build())
                .build());
    environment.runFor(MINUTE);

    EndpointSlice slice = cluster.all(Resources.ENDPOINT_SLICES).getFirst();
    assertThat(cluster.all(Resources.ENDPOINT_SLICES)).hasSize(1);
    assertThat(slice.endpoints()).hasSize(3).allMatch(each -> each.conditions().ready());
    assertThat(slice.ports().getFirst().port()).isEqualTo(8080);
    assertThat(slice.metadata().labels()).containsEntry("kubernetes.io/service-name", "web");
    assertThat(cluster.all(Resources.ENDPOINTS).getFirst().subsets().getFirst().addresses())
        .hasSize(3);

    cluster.client().resource(Resources.SERVICES).inNamespace("default").delete("web");
    environment.runFor(MINUTE);
    assertThat(cluster.all(Resources.ENDPOINT_SLICES)).isEmpty();
    assertThat(cluster.all(Resources.ENDPOINTS)).isEmpty();
  }

  @Test
  void podsOfASilentNodeAreReplacedAfterTheyHaveTolerated() {
    begin(15, Faults.NONE, 3);
    deployments.create(web(6, "a"));
    environment.runUntil(() -> rolledOut(6, "a"), MINUTE);
    environment.runFor(MINUTE);

    nodes.die("node-0");
    environment.runFor(Duration.ofSeconds(65));
    Node dead =
        cluster.all(Resources.NODES).stream()
            .filter(node -> node.metadata().name().equals("node-0"))
            .findFirst()
            .orElseThrow();
    assertThat(dead.spec().taints())
        .extracting(taint -> taint.key() + ":" + taint.effect())
        .containsExactlyInAnyOrder(
            "node.kubernetes.io/unreachable:NoSchedule",
            "node.kubernetes.io/unreachable:NoExecute");
    assertThat(activePods())
        .filteredOn(pod -> Pods.nodeName(pod).equals("node-0"))
        .noneMatch(Pods::ready);

    environment.runFor(MINUTE);

    assertThat(activePods()).hasSize(6).noneMatch(pod -> Pods.nodeName(pod).equals("node-0"));
    assertThat(ready()).isEqualTo(6);

    cluster.client().resource(Resources.NODES).delete("node-0");
    environment.runFor(MINUTE.multipliedBy(2));
    assertThat(cluster.all(Resources.PODS)).hasSize(6);
  }

  @Test
  void everyNodeGetsPodAddressesOfItsOwn() {
    begin(16, Faults.FLAKY, 5);
    environment.runFor(MINUTE);

    assertThat(cluster.all(Resources.NODES))
        .extracting(node -> node.spec().podCIDR())
        .doesNotHaveDuplicates()
        .allMatch(cidr -> cidr.matches("10\\.244\\.\\d\\.0/24"));
  }
}
