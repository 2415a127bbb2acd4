package dev.tiphys.apiserver.strategy.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.ContainerPort;
import dev.tiphys.api.core.v1.EnvVar;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.PodStatus;
import dev.tiphys.api.core.v1.ResourceRequirements;
import dev.tiphys.api.core.v1.Volume;
import dev.tiphys.api.core.v1.VolumeMount;
import dev.tiphys.api.merge.Defaults;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.value.Quantity;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodStrategyTest {

  private final PodStrategy strategy = new PodStrategy();

  @Test
  void aPlainPodIsValid() {
    assertThat(faults(pod(c -> c))).isEmpty();
  }

  @Test
  void faultsAreToldWithPathAndReason() {
    assertThat(faults(pod(c -> c.withName("Web"))))
        .startsWith("spec.containers[0].name: Invalid value: \"Web\": a lowercase RFC 1123 label");
    assertThat(faults(pod(c -> c.withImage(null))))
        .isEqualTo("spec.containers[0].image: Required value");
    assertThat(
            faults(
                pod(c ->
                    c.withPorts(List.of(ContainerPort.builder().containerPort(70000).build())))))
        .isEqualTo(
            "spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1"
                + " and 65535, inclusive");
    assertThat(
            faults(
                pod(c ->
                    c.withVolumeMounts(
                        List.of(VolumeMount.builder().name("v").mountPath("/v").build())))))
        .isEqualTo("spec.containers[0].volumeMounts[0].name: Not found: \"v\"");
    assertThat(
            faults(pod(c -> c.withEnv(List.of(EnvVar.builder().name("1=2").value("x").build())))))
        .contains("spec.containers[0].env[0].name: Invalid value: \"1=2\"");
  }

  @Test
  void requestsStayBelowLimits() {
    ResourceRequirements resources =
        ResourceRequirements.builder()
            .limits(Map.of("cpu", Quantity.parse("1")))
            .requests(Map.of("cpu", Quantity.parse("2")))
            .build();

    assertThat(faults(pod(c -> c.withResources(resources))))
        .isEqualTo(
            "spec.containers[0].resources.requests: Invalid value: \"2\": must be less than or"
                + " equal to cpu limit of 1");
  }

  @Test
  void aVolumeHasOneSource() {
    Pod pod = pod(c -> c);
    Pod without = pod.withSpec(spec(pod).withVolumes(List.of(Volume.builder().name("v").build())));

    assertThat(faults(without))
        .contains("spec.volumes[0]: Required value: must specify a volume type");
  }

  @ParameterizedTest
  @CsvSource({
    "echo, Always",
    "echo:latest, Always",
    "echo:1, IfNotPresent",
    "host:5000/echo, Always",
    "host:5000/echo:1, IfNotPresent",
    "echo@sha256:00, IfNotPresent"
  })
  void thePullPolicyFollowsFromTheTag(String image, String policy) {
    Pod pod = strategy.withDefaults(raw(c -> c.withImage(image)));

    assertThat(spec(pod).containers().getFirst().imagePullPolicy()).isEqualTo(policy);
  }

  @Test
  void whatIsLimitedIsRequested() {
    ResourceRequirements limited =
        ResourceRequirements.builder().limits(Map.of("memory", Quantity.parse("1Gi"))).build();

    Pod pod = strategy.withDefaults(raw(c -> c.withResources(limited)));

    assertThat(Objects.requireNonNull(spec(pod).containers().getFirst().resources()).requests())
        .containsEntry("memory", Quantity.parse("1Gi"));
  }

  @Test
  void aNewPodIsPendingWhateverItsMakerSays() {
    Pod pod =
        strategy.prepareForCreate(
            raw(c -> c).withStatus(PodStatus.builder().phase("Running").podIP("1.2.3.4").build()));

    assertThat(pod.status())
        .isEqualTo(PodStatus.builder().phase("Pending").qosClass("BestEffort").build());
  }

  @Test
  void onlyImagesAndTheirLikeMayChange() {
    Pod old = pod(c -> c);
    Pod image =
        old.withSpec(
            spec(old)
                .withContainers(List.of(spec(old).containers().getFirst().withImage("echo:2"))));
    Pod command =
        old.withSpec(
            spec(old)
                .withContainers(
                    List.of(spec(old).containers().getFirst().withCommand(List.of("sleep")))));

    assertThat(changes(image, old)).doesNotContain("pod updates may not change");
    assertThat(changes(command, old))
        .startsWith("spec: Forbidden: pod updates may not change fields other than");
  }

  @Test
  void aPodThatRunsNowhereIsGoneAtOnce() {
    Pod waiting = pod(c -> c);
    Pod placed = waiting.withSpec(spec(waiting).withNodeName("n"));
    Pod done = placed.withStatus(PodStatus.builder().phase("Succeeded").build());

    assertThat(strategy.gracePeriodSeconds(waiting, null)).isZero();
    assertThat(strategy.gracePeriodSeconds(placed, null)).isEqualTo(30);
    assertThat(strategy.gracePeriodSeconds(placed, 5L)).isEqualTo(5);
    assertThat(strategy.gracePeriodSeconds(done, null)).isZero();
  }

  private String faults(Pod pod) {
    FieldErrors errors = new FieldErrors();
    strategy.validate(pod, errors);
    return errors.message();
  }

  private String changes(Pod pod, Pod old) {
    FieldErrors errors = new FieldErrors();
    strategy.validateUpdate(pod, old, errors);
    return errors.message();
  }

  private Pod pod(UnaryOperator<Container> change) {
    return strategy.withDefaults(Defaults.apply(raw(change)));
  }

  private static Pod raw(UnaryOperator<Container> change) {
    return Pod.builder()
        .metadata(ObjectMeta.builder().namespace("default").name("web").build())
        .spec(PodSpec.builder().containers(List.of(change.apply(container()))).build())
        .build();
  }

  private static Container container() {
    return Container.builder().name("web").image("echo:1").build();
  }

  private static PodSpec spec(Pod pod) {
    return Objects.requireNonNull(pod.spec());
  }
}
