package dev.tiphys.kubelet.pod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.ConfigMap;
import dev.tiphys.api.core.v1.ConfigMapVolumeSource;
import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.Event;
import dev.tiphys.api.core.v1.ExecAction;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodCondition;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.PodStatus;
import dev.tiphys.api.core.v1.Probe;
import dev.tiphys.api.core.v1.Volume;
import dev.tiphys.api.core.v1.VolumeMount;
import dev.tiphys.api.meta.v1.DeleteOptions;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.client.ResourceClient;
import dev.tiphys.kubelet.runtime.PodCgroups;
import dev.tiphys.kubelet.runtime.PodDns;
import dev.tiphys.simulation.Faults;
import dev.tiphys.simulation.SimulatedCluster;
import dev.tiphys.simulation.SimulatedEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The kubelet's pods as a whole, over a simulated API and a simulated runtime. */
@NullUnmarked
class PodAgentTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration LONGEST_REST =
      Limits.RETRY.multipliedBy(1L << Limits.RETRY_DOUBLINGS);

  @TempDir Path directory;

  private SimulatedEnvironment environment;
  private SimulatedCluster cluster;
  private SimulatedRuntime runtime;
  private SimulatedEnvironment.Process process;
  private ResourceClient<Pod> pods;
  private ResourceClient<ConfigMap> maps;

  private void begin(long seed, Faults faults) throws IOException {
    environment = new SimulatedEnvironment(seed);
    cluster = new SimulatedCluster(environment);
    cluster.faults(faults);
    runtime = new SimulatedRuntime(environment, seed);
    pods = cluster.client().resource(Resources.PODS).inNamespace("default");
    maps = cluster.client().resource(Resources.CONFIG_MAPS).inNamespace("default");
    for (String controller : List.of("cpu", "memory")) {
      Files.createDirectories(directory.resolve("cgroup").resolve(controller));
      Files.createFile(directory.resolve("cgroup/" + controller + "/cgroup.procs"));
    }
    startKubelet();
  }

  private void startKubelet() throws IOException {
    process = environment.process("kubelet");
    PodDns.Settings dns = new PodDns.Settings(List.of(), List.of(), List.of());
    new PodAgent(
            cluster.client(),
            runtime,
            PodCgroups.find(directory.resolve("cgroup"), "/"),
            new NodeFacts(
                "node-1",
                List.of("192.0.2.1"),
                Map.of(),
                new PodDns.Cluster(List.of(), "cluster.local"),
                dns),
            directory.resolve("kubelet"),
            "simulated",
            process)
        .start();
  }

  /** A pod of this node whose container sees a config map. */
  private void createPod() {
    createPod(null);
  }

  private void createPod(Probe readiness) {
    pods.create(
        Pod.builder()
            .metadata(ObjectMeta.builder().namespace("default").name("web").build())
            .spec(
                PodSpec.builder()
                    .nodeName("node-1")
                    .terminationGracePeriodSeconds(30L)
                    .containers(
                        List.of(
                            Container.builder()
                                .name("main")
                                .image("echo:1")
                                .readinessProbe(readiness)
                                .volumeMounts(
                                    List.of(
                                        VolumeMount.builder()
                                            .name("settings")
                                            .mountPath("/settings")
                                            .build()))
                                .build()))
                    .volumes(
                        List.of(
                            Volume.builder()
                                .name("settings")
                                .configMap(ConfigMapVolumeSource.builder().name("settings").build())
                                .build()))
                    .build())
            .build());
  }

  private void createSettings(String colour) {
    maps.create(
        ConfigMap.builder()
            .metadata(ObjectMeta.builder().namespace("default").name("settings").build())
            .data(Map.of("colour", colour))
            .build());
  }

  private PodStatus status() {
    PodStatus status = pods.get("web").status();
    return status == null ? PodStatus.EMPTY : status;
  }

  private boolean isReady() {
    return status().conditions().stream()
        .anyMatch(c -> "Ready".equals(c.type()) && "True".equals(c.status()));
  }

  private long told(String reason) {
    return cluster.all(Resources.EVENTS).stream()
        .map(Event.class::cast)
        .filter(event -> reason.equals(event.reason()))
        .count();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void bringsAPodToLifeAndToItsEndOverABadNetwork(long seed) throws IOException {
    begin(seed, Faults.FLAKY);
    createSettings("red");
    createPod();

    assertThat(environment.runUntil(this::isReady, MINUTE)).isTrue();
    assertThat(status().phase()).isEqualTo("Running");
    pods.delete("web", DeleteOptions.builder().build());

    assertThat(environment.runUntil(() -> cluster.all(Resources.PODS).isEmpty(), MINUTE)).isTrue();
    assertThat(environment.runUntil(() -> runtime.pods().isEmpty(), MINUTE)).isTrue();
    assertThat(directory.resolve("kubelet/pods")).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void startsNothingTwiceHoweverLongTheRuntimeTakesToTell(long seed) throws IOException {
    begin(seed, Faults.SLOW);
    createSettings("red");
    createPod();

    boolean twice = environment.runUntil(() -> runtime.running("main") > 1, MINUTE);

    assertThat(twice).isFalse();
    assertThat(isReady()).isTrue();
    assertThat(runtime.requests()).hasSize(1);
  }

  @Test
  void waitsForAMissingConfigMapWithoutHurryAndSaysSo() throws IOException {
    begin(1, Faults.NONE);
    createPod();

    environment.runFor(MINUTE);
    assertThat(told("FailedMount")).isEqualTo(1);
    assertThat(runtime.pods()).as("no sandbox before its volumes").isEmpty();

    createSettings("red");
    assertThat(environment.runUntil(this::isReady, LONGEST_REST.plusSeconds(1))).isTrue();
  }

  @Test
  void triesNowAndThenWhatTheRuntimeRefuses() throws IOException {
    begin(1, Faults.NONE);
    createSettings("red");
    createPod();
    runtime.refuse("no more bridges");

    environment.runFor(MINUTE);
    assertThat(runtime.tries()).isBetween(4, 8);
    assertThat(told("FailedCreatePodSandBox")).isPositive();

    runtime.refuse(null);
    assertThat(environment.runUntil(this::isReady, LONGEST_REST.plusSeconds(1))).isTrue();

    runtime.refuse("the disk hangs");
    pods.delete("web", DeleteOptions.builder().build());
    environment.runFor(MINUTE);
    assertThat(runtime.tries()).isBetween(4, 8);
    assertThat(told("FailedKillPod")).isPositive();

    runtime.refuse(null);
    assertThat(environment.runUntil(() -> cluster.all(Resources.PODS).isEmpty(), MINUTE)).isTrue();
  }

  @Test
  void bringsAChangedConfigMapToAContainerThatRuns() throws IOException {
    begin(1, Faults.NONE);
    createSettings("red");
    createPod();
    assertThat(environment.runUntil(this::isReady, MINUTE)).isTrue();
    Path file = runtime.requests().getFirst().mounts().getFirst().hostPath().resolve("colour");
    assertThat(file).hasContent("red");
    assertThat(runtime.requests().getFirst().mounts().getFirst().readOnly())
        .as("where the kubelet writes, containers do not")
        .isTrue();

    maps.update(maps.get("settings").toBuilder().data(Map.of("colour", "blue")).build());
    environment.runFor(Limits.RESYNC.multipliedBy(2));

    assertThat(file).hasContent("blue");
    assertThat(runtime.requests()).as("the container was left alone").hasSize(1);
  }

  @Test
  void aKubeletAfterARebootMakesVolumesBeforeContainers() throws IOException {
    begin(1, Faults.NONE);
    createSettings("red");
    createPod();
    assertThat(environment.runUntil(this::isReady, MINUTE)).isTrue();

    process.kill();
    runtime.crash();
    startKubelet();
    environment.runFor(MINUTE);

    assertThat(isReady()).isTrue();
    assertThat(runtime.requests()).hasSize(2);
    assertThat(runtime.requests().getLast().mounts().getFirst().hostPath().resolve("colour"))
        .hasContent("red");
  }

  @Test
  void aRestartOfTheKubeletLeavesAReadyPodReady() throws IOException {
    begin(1, Faults.NONE);
    createSettings("red");
    createPod(
        Probe.builder()
            .exec(ExecAction.builder().command(List.of("true")).build())
            .initialDelaySeconds(1)
            .periodSeconds(30)
            .build());
    assertThat(isReady()).isFalse();
    assertThat(environment.runUntil(this::isReady, MINUTE)).isTrue();

    process.kill();
    environment.runFor(Duration.ofSeconds(5));
    startKubelet();

    assertThat(environment.runUntil(() -> !isReady(), MINUTE)).as("became unready").isFalse();
    assertThat(runtime.requests()).hasSize(1);
  }

  @Test
  void keepsConditionsThatOthersWroteAtTheSameTime() throws IOException {
    begin(1, Faults.SLOW);
    createSettings("red");
    createPod();
    PodCondition gate = PodCondition.builder().type("example.com/traffic").status("True").build();
    environment.runUntil(() -> !runtime.pods().isEmpty(), MINUTE);
    Pod now = pods.get("web");
    List<PodCondition> all = new ArrayList<>(status().conditions());
    all.add(gate);
    pods.updateStatus(now.withStatus(status().withConditions(all)));

    assertThat(environment.runUntil(this::isReady, MINUTE)).isTrue();
    environment.runFor(MINUTE);

    assertThat(status().conditions()).contains(gate);
  }
}
