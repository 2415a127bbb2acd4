package dev.tiphys.apiserver.strategy.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.core.v1.Affinity;
import dev.tiphys.api.core.v1.AppArmorProfile;
import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.ContainerPort;
import dev.tiphys.api.core.v1.EnvVar;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodAffinityTerm;
import dev.tiphys.api.core.v1.PodAntiAffinity;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.PodStatus;
import dev.tiphys.api.core.v1.ResourceRequirements;
import dev.tiphys.api.core.v1.TopologySpreadConstraint;
import dev.tiphys.api.core.v1.Volume;
import dev.tiphys.api.core.v1.VolumeMount;
import dev.tiphys.api.merge.Defaults;
import dev.tiphys.api.meta.v1.LabelSelector;
import dev.tiphys.api.meta.v1.LabelSelectorRequirement;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.value.Quantity;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
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
  void aNewPodSaysWhatItsOwnLabelsAre() {
    LabelSelector web = LabelSelector.builder().matchLabels(Map.of("app", "web")).build();
    PodAffinityTerm term =
        PodAffinityTerm.builder()
            .topologyKey("zone")
            .labelSelector(web)
            .matchLabelKeys(List.of("hash", "absent"))
            .mismatchLabelKeys(List.of("tenant"))
            .build();
    PodAntiAffinity far =
        PodAntiAffinity.builder()
            .requiredDuringSchedulingIgnoredDuringExecution(
                List.of(term, term.withLabelSelector(null)))
            .build();
    PodSpec spec =
        spec(pod(c -> c))
            .withAffinity(Affinity.builder().podAntiAffinity(far).build())
            .withTopologySpreadConstraints(
                List.of(
                    TopologySpreadConstraint.builder()
                        .labelSelector(web)
                        .matchLabelKeys(List.of("hash"))
                        .build()));
    Map<String, String> labels = Map.of("app", "web", "hash", "1", "tenant", "a");
    Pod pod =
        Pod.builder().metadata(ObjectMeta.builder().labels(labels).build()).spec(spec).build();

    PodSpec made = spec(strategy.prepareForCreate(pod));
    var terms =
        Objects.requireNonNull(Objects.requireNonNull(made.affinity()).podAntiAffinity())
            .requiredDuringSchedulingIgnoredDuringExecution();

    assertThat(terms.get(0).labelSelector())
        .isEqualTo(
            web.withMatchExpressions(
                List.of(requirement("hash", "In", "1"), requirement("tenant", "NotIn", "a"))));
    assertThat(terms.get(1).labelSelector()).isNull();
    assertThat(made.topologySpreadConstraints().get(0).labelSelector())
        .isEqualTo(web.withMatchExpressions(List.of(requirement("hash", "In", "1"))));
  }

  private static LabelSelectorRequirement requirement(String key, String operator, String value) {
    return LabelSelectorRequirement.builder()
        .key(key)
        .operator(operator)
        .values(List.of(value))
        .build();
  }

  @ParameterizedTest
  @CsvSource({
    "unconfined, Unconfined,",
    "runtime/default, RuntimeDefault,",
    "localhost/mine, Localhost, mine",
    "localhost/, ,",
    "odd, ,"
  })
  void aProfileThatAnAnnotationNamesGoesIntoItsField(
      String annotation, @Nullable String type, @Nullable String name) {
    Pod pod = pod(c -> c);
    String key =
        "container.apparmor.security.beta.kubernetes.io/" + spec(pod).containers().get(0).name();
    Pod noted = pod.withMetadata(pod.metadata().withAnnotations(Map.of(key, annotation)));

    Pod made = strategy.prepareForCreate(noted);
    var security = spec(made).containers().get(0).securityContext();

    assertThat(security == null ? null : security.appArmorProfile())
        .isEqualTo(
            type == null
                ? null
                : AppArmorProfile.builder().type(type).localhostProfile(name).build());
    assertThat(strategy.warnings(made, null))
        .contains(
            "metadata.annotations["
                + key
                + "]: deprecated since v1.30; use the \"appArmorProfile\" field instead");
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
