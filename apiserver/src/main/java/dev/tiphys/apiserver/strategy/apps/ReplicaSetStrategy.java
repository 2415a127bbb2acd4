package dev.tiphys.apiserver.strategy.apps;

import dev.tiphys.api.apps.v1.ReplicaSet;
import dev.tiphys.api.apps.v1.ReplicaSetSpec;
import dev.tiphys.api.apps.v1.ReplicaSetStatus;
import dev.tiphys.api.core.v1.PodTemplateSpec;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.Strategy;
import dev.tiphys.apiserver.strategy.workload.PodSpecDefaults;
import dev.tiphys.apiserver.strategy.workload.PodWarnings;
import dev.tiphys.apiserver.strategy.workload.ReplicaCounts;
import dev.tiphys.apiserver.strategy.workload.TemplateValidation;
import dev.tiphys.apiserver.strategy.workload.Templates;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rules of ReplicaSet. */
public final class ReplicaSetStrategy implements Strategy<ReplicaSet> {

  private static final Path SPEC = Path.of("spec");
  private static final String REPLICAS = "status.replicas";

  @Override
  public ReplicaSet withDefaults(ReplicaSet set) {
    ReplicaSetSpec spec = set.spec();
    PodTemplateSpec template = spec == null ? null : spec.template();
    if (spec == null || template == null || template.spec() == null) {
      return set;
    }
    return set.withSpec(
        spec.withTemplate(template.withSpec(PodSpecDefaults.fillTemplate(template.spec()))));
  }

  @Override
  public void validate(ReplicaSet set, FieldErrors errors) {
    ReplicaSetSpec spec = set.spec() == null ? ReplicaSetSpec.EMPTY : set.spec();
    TemplateValidation.validateCount(spec.replicas(), SPEC.child("replicas"), errors);
    TemplateValidation.validateCount(spec.minReadySeconds(), SPEC.child("minReadySeconds"), errors);
    TemplateValidation.validate(spec.selector(), spec.template(), SPEC, errors);
    Templates.checkDisks(spec.template(), spec.replicas(), SPEC.child("template"), errors);
  }

  @Override
  public void validateUpdate(ReplicaSet set, ReplicaSet old, FieldErrors errors) {
    ReplicaSetSpec spec = set.spec() == null ? ReplicaSetSpec.EMPTY : set.spec();
    ReplicaSetSpec before = old.spec() == null ? ReplicaSetSpec.EMPTY : old.spec();
    TemplateValidation.validateSelectorUnchanged(spec.selector(), before.selector(), SPEC, errors);
    validate(set, errors);
  }

  @Override
  public void validateStatusUpdate(ReplicaSet set, ReplicaSet old, FieldErrors errors) {
    ReplicaSetStatus status = set.status() == null ? ReplicaSetStatus.EMPTY : set.status();
    Path path = Path.of("status");
    Checks.counts(status, path, errors);
    ReplicaCounts.check(
        status.replicas(),
        status.fullyLabeledReplicas(),
        status.readyReplicas(),
        status.availableReplicas(),
        errors);
  }

  @Override
  public List<String> warnings(ReplicaSet set, @Nullable ReplicaSet old) {
    List<String> warnings = new ArrayList<>();
    String name = old == null ? Checks.podNameWarning(set.metadata().name()) : null;
    if (name != null) {
      warnings.add(name);
    }
    warnings.addAll(PodWarnings.ofTemplate(template(set), template(old), SPEC.child("template")));
    return warnings;
  }

  private static @Nullable PodTemplateSpec template(@Nullable ReplicaSet set) {
    return set == null || set.spec() == null ? null : set.spec().template();
  }

  @Override
  public List<String> selectableFields() {
    return List.of(REPLICAS);
  }

  @Override
  public String fieldValue(ReplicaSet set, String field) {
    ReplicaSetStatus status = set.status() == null ? ReplicaSetStatus.EMPTY : set.status();
    return String.valueOf(status.replicas() == null ? 0 : status.replicas());
  }
}
