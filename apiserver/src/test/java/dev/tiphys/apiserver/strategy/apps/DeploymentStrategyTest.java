package dev.tiphys.apiserver.strategy.apps;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.apps.v1.Deployment;
import dev.tiphys.api.apps.v1.DeploymentSpec;
import dev.tiphys.api.apps.v1.RollingUpdateDeployment;
import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.PodTemplateSpec;
import dev.tiphys.api.merge.Defaults;
import dev.tiphys.api.meta.v1.LabelSelector;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.value.IntOrString;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class DeploymentStrategyTest {

  private final DeploymentStrategy strategy = new DeploymentStrategy();

  @Test
  void aRollingUpdateReplacesAQuarterAtATime() {
    var rollout = Objects.requireNonNull(spec(deployment(s -> s)).strategy());

    assertThat(rollout.type()).isEqualTo("RollingUpdate");
    assertThat(Objects.requireNonNull(rollout.rollingUpdate()).maxSurge())
        .isEqualTo(IntOrString.of("25%"));
  }

  @Test
  void theSelectorMustMatchTheTemplate() {
    assertThat(faults(deployment(s -> s.withSelector(selector("other")))))
        .contains("spec.template.metadata.labels: Invalid value")
        .contains("`selector` does not match template `labels`");
    assertThat(faults(deployment(s -> s.withSelector(null))))
        .isEqualTo("spec.selector: Required value");
  }

  @Test
  void theSelectorCannotChange() {
    FieldErrors errors = new FieldErrors();

    strategy.validateUpdate(
        deployment(s -> s.withSelector(selector("other"))), deployment(s -> s), errors);

    assertThat(errors.message())
        .contains("spec.selector: Invalid value")
        .contains("field is immutable");
  }

  @Test
  void somethingMustGiveInARollingUpdate() {
    var stuck =
        dev.tiphys.api.apps.v1.DeploymentStrategy.builder()
            .type("RollingUpdate")
            .rollingUpdate(
                RollingUpdateDeployment.builder()
                    .maxSurge(IntOrString.of(0))
                    .maxUnavailable(IntOrString.of("0%"))
                    .build())
            .build();

    assertThat(faults(deployment(s -> s.withStrategy(stuck))))
        .contains("may not be 0 when `maxSurge` is 0");
  }

  @Test
  void countsAreNotNegative() {
    assertThat(faults(deployment(s -> s.withReplicas(-1))))
        .isEqualTo("spec.replicas: Invalid value: -1: must be greater than or equal to 0");
  }

  private String faults(Deployment deployment) {
    FieldErrors errors = new FieldErrors();
    strategy.validate(deployment, errors);
    return errors.message();
  }

  private Deployment deployment(UnaryOperator<DeploymentSpec> change) {
    DeploymentSpec spec =
        DeploymentSpec.builder()
            .selector(selector("web"))
            .template(
                PodTemplateSpec.builder()
                    .metadata(ObjectMeta.builder().labels(Map.of("app", "web")).build())
                    .spec(
                        PodSpec.builder()
                            .containers(
                                List.of(Container.builder().name("c").image("echo:1").build()))
                            .build())
                    .build())
            .build();
    return strategy.withDefaults(
        Defaults.apply(
            Deployment.builder()
                .metadata(ObjectMeta.builder().namespace("default").name("web").build())
                .spec(change.apply(spec))
                .build()));
  }

  private static LabelSelector selector(String app) {
    return LabelSelector.builder().matchLabels(Map.of("app", app)).build();
  }

  private static DeploymentSpec spec(Deployment deployment) {
    return Objects.requireNonNull(deployment.spec());
  }
}
