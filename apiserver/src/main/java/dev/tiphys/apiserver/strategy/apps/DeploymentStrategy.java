package dev.tiphys.apiserver.strategy.apps;

import dev.tiphys.api.apps.v1.Deployment;
import dev.tiphys.api.apps.v1.DeploymentSpec;
import dev.tiphys.api.apps.v1.DeploymentStatus;
import dev.tiphys.api.apps.v1.RollingUpdateDeployment;
import dev.tiphys.api.core.v1.PodTemplateSpec;
import dev.tiphys.api.names.FieldNames;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.api.value.IntOrString;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.Strategy;
import dev.tiphys.apiserver.strategy.workload.PodSpecDefaults;
import dev.tiphys.apiserver.strategy.workload.PodWarnings;
import dev.tiphys.apiserver.strategy.workload.TemplateValidation;
import dev.tiphys.apiserver.strategy.workload.Templates;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rules of Deployment. */
public final class DeploymentStrategy implements Strategy<Deployment> {

  private static final Path SPEC = Path.of("spec");
  private static final IntOrString QUARTER = IntOrString.of("25%");

  @Override
  public Deployment withDefaults(Deployment deployment) {
    DeploymentSpec spec = deployment.spec();
    if (spec == null) {
      return deployment;
    }
    DeploymentSpec.Builder filled =
        spec.toBuilder().strategy(strategyWithDefaults(spec.strategy()));
    PodTemplateSpec template = spec.template();
    if (template != null && template.spec() != null) {
      filled.template(template.withSpec(PodSpecDefaults.fillTemplate(template.spec())));
    }
    return deployment.withSpec(filled.build());
  }

  private static dev.tiphys.api.apps.v1.DeploymentStrategy strategyWithDefaults(
      dev.tiphys.api.apps.v1.@Nullable DeploymentStrategy stated) {
    dev.tiphys.api.apps.v1.DeploymentStrategy strategy =
        stated == null ? dev.tiphys.api.apps.v1.DeploymentStrategy.EMPTY : stated;
    String type = strategy.type() == null ? "RollingUpdate" : strategy.type();
    if (!type.equals("RollingUpdate")) {
      return strategy.withType(type);
    }
    RollingUpdateDeployment rolling =
        strategy.rollingUpdate() == null ? RollingUpdateDeployment.EMPTY : strategy.rollingUpdate();
    return strategy.toBuilder()
        .type(type)
        .rollingUpdate(
            rolling.toBuilder()
                .maxUnavailable(
                    rolling.maxUnavailable() == null ? QUARTER : rolling.maxUnavailable())
                .maxSurge(rolling.maxSurge() == null ? QUARTER : rolling.maxSurge())
                .build())
        .build();
  }

  @Override
  public void validate(Deployment deployment, FieldErrors errors) {
    DeploymentSpec spec = deployment.spec() == null ? DeploymentSpec.EMPTY : deployment.spec();
    TemplateValidation.validateCount(spec.replicas(), SPEC.child("replicas"), errors);
    TemplateValidation.validate(spec.selector(), spec.template(), SPEC, errors);
    Templates.checkDisks(spec.template(), spec.replicas(), SPEC.child("template"), errors);
    TemplateValidation.validateCount(spec.minReadySeconds(), SPEC.child("minReadySeconds"), errors);
    TemplateValidation.validateCount(
        spec.revisionHistoryLimit(), SPEC.child("revisionHistoryLimit"), errors);
    Integer deadline = spec.progressDeadlineSeconds();
    TemplateValidation.validateCount(deadline, SPEC.child("progressDeadlineSeconds"), errors);
    int minReady = spec.minReadySeconds() == null ? 0 : spec.minReadySeconds();
    if (deadline != null && deadline >= 0 && deadline <= minReady) {
      errors.invalid(
          SPEC.child("progressDeadlineSeconds"), deadline, "must be greater than minReadySeconds");
    }
    if (spec.strategy() != null) {
      validateStrategy(spec.strategy(), SPEC.child("strategy"), errors);
    }
  }

  private static void validateStrategy(
      dev.tiphys.api.apps.v1.DeploymentStrategy strategy, Path path, FieldErrors errors) {
    List<String> types = List.of("Recreate", "RollingUpdate");
    String type = strategy.type();
    RollingUpdateDeployment rolling = strategy.rollingUpdate();
    if (type == null || !types.contains(type)) {
      errors.notSupported(path, strategy, types);
    } else if (type.equals("Recreate") && rolling != null) {
      errors.forbidden(
          path.child("rollingUpdate"), "may not be specified when strategy `type` is 'Recreate'");
    } else if (rolling != null) {
      Path at = path.child("rollingUpdate");
      validateShare(rolling.maxUnavailable(), at.child("maxUnavailable"), errors);
      validateShare(rolling.maxSurge(), at.child("maxSurge"), errors);
      if (isZero(rolling.maxUnavailable()) && isZero(rolling.maxSurge())) {
        errors.invalid(
            at.child("maxUnavailable"),
            rolling.maxUnavailable(),
            "may not be 0 when `maxSurge` is 0");
      }
    }
  }

  private static void validateShare(@Nullable IntOrString share, Path path, FieldErrors errors) {
    if (share == null) {
      return;
    }
    Integer number = share.number();
    if (number != null) {
      TemplateValidation.validateCount(number, path, errors);
    } else {
      String text = share.toString();
      FieldNames.percent(text).forEach(fault -> errors.invalid(path, text, fault));
      boolean percent = FieldNames.percent(text).isEmpty();
      boolean unavailable = path.toString().endsWith("maxUnavailable");
      if (percent && unavailable && Integer.parseInt(text.substring(0, text.length() - 1)) > 100) {
        errors.invalid(path, text, "must not be greater than 100%");
      }
    }
  }

  private static boolean isZero(@Nullable IntOrString share) {
    return share != null && (share.toString().equals("0") || share.toString().equals("0%"));
  }

  @Override
  public void validateUpdate(Deployment deployment, Deployment old, FieldErrors errors) {
    DeploymentSpec spec = deployment.spec() == null ? DeploymentSpec.EMPTY : deployment.spec();
    DeploymentSpec before = old.spec() == null ? DeploymentSpec.EMPTY : old.spec();
    TemplateValidation.validateSelectorUnchanged(spec.selector(), before.selector(), SPEC, errors);
    validate(deployment, errors);
  }

  @Override
  public void validateStatusUpdate(Deployment deployment, Deployment old, FieldErrors errors) {
    DeploymentStatus status =
        deployment.status() == null ? DeploymentStatus.EMPTY : deployment.status();
    DeploymentStatus before = old.status() == null ? DeploymentStatus.EMPTY : old.status();
    Path path = Path.of("status");
    Checks.counts(status, path, errors);
    String whole = "status.replicas";
    Integer all = status.replicas();
    Checks.partOf(status.updatedReplicas(), all, whole, path.child("updatedReplicas"), errors);
    Checks.partOf(status.readyReplicas(), all, whole, path.child("readyReplicas"), errors);
    Path available = path.child("availableReplicas");
    Checks.partOf(status.availableReplicas(), all, whole, available, errors);
    Checks.partOf(
        status.availableReplicas(), status.readyReplicas(), "readyReplicas", available, errors);
    Checks.notDecremented(
        status.collisionCount(), before.collisionCount(), path.child("collisionCount"), errors);
  }

  @Override
  public List<String> warnings(Deployment deployment, @Nullable Deployment old) {
    List<String> warnings = new ArrayList<>();
    String name = old == null ? Checks.podNameWarning(deployment.metadata().name()) : null;
    if (name != null) {
      warnings.add(name);
    }
    warnings.addAll(
        PodWarnings.ofTemplate(template(deployment), template(old), SPEC.child("template")));
    return warnings;
  }

  private static @Nullable PodTemplateSpec template(@Nullable Deployment deployment) {
    return deployment == null || deployment.spec() == null ? null : deployment.spec().template();
  }
}
