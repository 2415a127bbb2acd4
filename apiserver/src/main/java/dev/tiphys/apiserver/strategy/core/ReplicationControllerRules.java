package dev.tiphys.apiserver.strategy.core;

import dev.tiphys.api.core.v1.PodTemplate;
import dev.tiphys.api.core.v1.PodTemplateSpec;
import dev.tiphys.api.core.v1.ReplicationController;
import dev.tiphys.api.core.v1.ReplicationControllerSpec;
import dev.tiphys.api.core.v1.ReplicationControllerStatus;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.Strategy;
import dev.tiphys.apiserver.strategy.workload.PodWarnings;
import dev.tiphys.apiserver.strategy.workload.ReplicaCounts;
import dev.tiphys.apiserver.strategy.workload.Templates;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rules of ReplicationController and of PodTemplate, the oldest of the workloads. */
public final class ReplicationControllerRules {

  private static final Path SPEC = Path.of("spec");

  private ReplicationControllerRules() {}

  /** The rules of ReplicationController. */
  public static Strategy<ReplicationController> rules() {
    return KindRules.<ReplicationController>builder()
        .defaults(ReplicationControllerRules::fill)
        .validate(ReplicationControllerRules::validate)
        .statusChange(ReplicationControllerRules::changeStatus)
        .warningNew(object -> Checks.podNameWarning(object.metadata().name()))
        .warnings((object, old) ->
            PodWarnings.ofTemplate(template(object), template(old), SPEC.child("template")))
        .field(
            "status.replicas",
            o -> {
              Integer replicas = o.status() == null ? null : o.status().replicas();
              return String.valueOf(replicas == null ? 0 : replicas);
            })
        .build();
  }

  private static @Nullable PodTemplateSpec template(@Nullable ReplicationController object) {
    return object == null || object.spec() == null ? null : object.spec().template();
  }

  /** The rules of PodTemplate. */
  public static Strategy<PodTemplate> podTemplates() {
    return KindRules.<PodTemplate>builder()
        .defaults(o -> o.withTemplate(Templates.fill(o.template())))
        .validate((o, errors) -> Templates.validate(o.template(), Path.of("template"), errors))
        .warnings((o, old) ->
            PodWarnings.ofTemplate(
                o.template(), old == null ? null : old.template(), Path.of("template")))
        .generations(true)
        .build();
  }

  private static ReplicationController fill(ReplicationController object) {
    ReplicationControllerSpec spec = object.spec();
    if (spec == null) {
      return object;
    }
    Map<String, String> labels = Templates.labels(spec.template());
    ReplicationController filled =
        object.withSpec(
            spec.toBuilder()
                .template(Templates.fill(spec.template()))
                .selector(spec.selector().isEmpty() ? labels : spec.selector())
                .build());
    return object.metadata().labels().isEmpty() && !labels.isEmpty()
        ? filled.withMetadata(object.metadata().withLabels(labels))
        : filled;
  }

  private static void validate(ReplicationController object, FieldErrors errors) {
    ReplicationControllerSpec spec =
        Objects.requireNonNullElse(object.spec(), ReplicationControllerSpec.EMPTY);
    Checks.notNegative(spec.minReadySeconds(), SPEC.child("minReadySeconds"), errors);
    Checks.notNegative(spec.replicas(), SPEC.child("replicas"), errors);
    if (spec.selector().isEmpty()) {
      errors.required(SPEC.child("selector"), "");
    }
    Path template = SPEC.child("template");
    if (spec.template() == null) {
      errors.required(template, "");
      return;
    }
    Map<String, String> labels = Templates.labels(spec.template());
    if (!spec.selector().isEmpty() && !labels.entrySet().containsAll(spec.selector().entrySet())) {
      errors.invalid(
          template.child("metadata", "labels"),
          labels,
          "`selector` does not match template `labels`");
    }
    Templates.validate(spec.template(), template, errors);
    Templates.checkDisks(spec.template(), spec.replicas(), template, errors);
    Checks.oneOf(
        Templates.spec(spec.template()).restartPolicy(),
        List.of("Always"),
        template.child("spec", "restartPolicy"),
        errors);
    if (Templates.spec(spec.template()).activeDeadlineSeconds() != null) {
      errors.forbidden(
          template.child("spec", "activeDeadlineSeconds"),
          "activeDeadlineSeconds in ReplicationController is not Supported");
    }
  }

  private static void changeStatus(
      ReplicationController object, ReplicationController old, FieldErrors errors) {
    ReplicationControllerStatus status =
        Objects.requireNonNullElse(object.status(), ReplicationControllerStatus.EMPTY);
    Path path = Path.of("status");
    Checks.counts(status, path, errors);
    ReplicaCounts.check(
        status.replicas(),
        status.fullyLabeledReplicas(),
        status.readyReplicas(),
        status.availableReplicas(),
        errors);
  }
}
