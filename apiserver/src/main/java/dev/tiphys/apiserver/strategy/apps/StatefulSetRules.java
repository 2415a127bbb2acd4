package dev.tiphys.apiserver.strategy.apps;

import dev.tiphys.api.apps.v1.RollingUpdateStatefulSetStrategy;
import dev.tiphys.api.apps.v1.StatefulSet;
import dev.tiphys.api.apps.v1.StatefulSetSpec;
import dev.tiphys.api.apps.v1.StatefulSetStatus;
import dev.tiphys.api.apps.v1.StatefulSetUpdateStrategy;
import dev.tiphys.api.core.v1.PersistentVolumeClaim;
import dev.tiphys.api.core.v1.PersistentVolumeClaimSpec;
import dev.tiphys.api.core.v1.PersistentVolumeClaimStatus;
import dev.tiphys.api.core.v1.PersistentVolumeClaimVolumeSource;
import dev.tiphys.api.core.v1.PodTemplateSpec;
import dev.tiphys.api.core.v1.Volume;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.Strategy;
import dev.tiphys.apiserver.strategy.storage.ClaimRules;
import dev.tiphys.apiserver.strategy.workload.PodWarnings;
import dev.tiphys.apiserver.strategy.workload.Templates;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rules of StatefulSet. */
public final class StatefulSetRules {

  private static final Path SPEC = Path.of("spec");
  private static final String ALLOWED =
      "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template',"
          + " 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and"
          + " 'minReadySeconds' are forbidden";

  private StatefulSetRules() {}

  /** The rules. */
  public static Strategy<StatefulSet> rules() {
    return KindRules.<StatefulSet>builder()
        .names(DnsNames::label)
        .defaults(StatefulSetRules::fill)
        .validateNew((set, errors) -> {
          String service = in(set).serviceName();
          if (service != null && !service.isEmpty()) {
            Checks.label(service, SPEC.child("serviceName"), errors);
          }
          List<PersistentVolumeClaim> claims = in(set).volumeClaimTemplates();
          for (int i = 0; i < claims.size(); i++) {
            Path path = SPEC.child("volumeClaimTemplates").index(i).child("spec");
            ClaimRules.validate(spec(claims.get(i)), path, errors);
          }
        })
        .validate(StatefulSetRules::validate)
        .change(StatefulSetRules::change)
        .statusChange(StatefulSetRules::changeStatus)
        .warnings((set, old) ->
            PodWarnings.ofTemplate(
                in(set).template(),
                old == null ? null : in(old).template(),
                SPEC.child("template")))
        .warnings(StatefulSetRules::warnOfClaims)
        .warning(set -> {
          Integer limit = in(set).revisionHistoryLimit();
          return limit != null && limit < 0
              ? "spec.revisionHistoryLimit: a negative value retains all historical revisions; a"
                  + " value >= 0 is recommended"
              : null;
        })
        .build();
  }

  private static List<String> warnOfClaims(StatefulSet set, @Nullable StatefulSet old) {
    List<String> warnings = new ArrayList<>();
    List<PersistentVolumeClaim> claims = in(set).volumeClaimTemplates();
    for (int i = 0; i < claims.size(); i++) {
      Path path = SPEC.child("volumeClaimTemplates").index(i);
      warnings.addAll(ClaimRules.warnings(spec(claims.get(i)), path));
    }
    return warnings;
  }

  private static PersistentVolumeClaimSpec spec(PersistentVolumeClaim claim) {
    return Objects.requireNonNullElse(claim.spec(), PersistentVolumeClaimSpec.EMPTY);
  }

  private static StatefulSetSpec in(StatefulSet set) {
    return Objects.requireNonNullElse(set.spec(), StatefulSetSpec.EMPTY);
  }

  private static StatefulSet fill(StatefulSet set) {
    StatefulSetSpec spec = set.spec();
    if (spec == null) {
      return set;
    }
    StatefulSetSpec.Builder filled = spec.toBuilder().template(Templates.fill(spec.template()));
    StatefulSetUpdateStrategy update = spec.updateStrategy();
    if (update != null && "RollingUpdate".equals(update.type()) && update.rollingUpdate() == null) {
      filled.updateStrategy(
          update.withRollingUpdate(
              RollingUpdateStatefulSetStrategy.builder().partition(0).build()));
    }
    List<PersistentVolumeClaim> claims = new ArrayList<>();
    for (PersistentVolumeClaim claim : spec.volumeClaimTemplates()) {
      PersistentVolumeClaimStatus status =
          Objects.requireNonNullElse(claim.status(), PersistentVolumeClaimStatus.EMPTY);
      claims.add(claim.withStatus(status.phase() == null ? status.withPhase("Pending") : status));
    }
    return set.withSpec(filled.volumeClaimTemplates(claims).build());
  }

  private static void validate(StatefulSet set, FieldErrors errors) {
    StatefulSetSpec spec = in(set);
    String management = spec.podManagementPolicy();
    if (Checks.present(management, SPEC.child("podManagementPolicy"), errors)
        && !List.of("OrderedReady", "Parallel").contains(management)) {
      errors.invalid(
          SPEC.child("podManagementPolicy"), management, "must be 'OrderedReady' or 'Parallel'");
    }
    validateUpdateStrategy(spec.updateStrategy(), SPEC.child("updateStrategy"), errors);
    var retention = spec.persistentVolumeClaimRetentionPolicy();
    if (retention != null) {
      Path at = SPEC.child("persistentVolumeClaimRetentionPolicy");
      List<String> policies = List.of("Retain", "Delete");
      Checks.oneOf(retention.whenDeleted(), policies, at.child("whenDeleted"), errors);
      Checks.oneOf(retention.whenScaled(), policies, at.child("whenScaled"), errors);
    }
    Checks.notNegative(spec.replicas(), SPEC.child("replicas"), errors);
    Checks.notNegative(spec.minReadySeconds(), SPEC.child("minReadySeconds"), errors);
    if (spec.ordinals() != null) {
      Checks.notNegative(spec.ordinals().start(), SPEC.child("ordinals.start"), errors);
    }
    WorkloadRules.validate(spec.selector(), withClaims(spec), SPEC, "StatefulSet", errors);
  }

  /** The template with the volumes that its pods will have for their claims. */
  private static @Nullable PodTemplateSpec withClaims(StatefulSetSpec spec) {
    PodTemplateSpec template = spec.template();
    if (template == null || template.spec() == null || spec.volumeClaimTemplates().isEmpty()) {
      return template;
    }
    Map<String, Volume> volumes = new LinkedHashMap<>();
    for (PersistentVolumeClaim claim : spec.volumeClaimTemplates()) {
      String name = String.valueOf(claim.metadata().name());
      volumes.put(
          name,
          Volume.builder()
              .name(name)
              .persistentVolumeClaim(
                  PersistentVolumeClaimVolumeSource.builder().claimName(name).build())
              .build());
    }
    List<Volume> all =
        new ArrayList<>(
            template.spec().volumes().stream()
                .filter(volume -> !volumes.containsKey(String.valueOf(volume.name())))
                .toList());
    all.addAll(volumes.values());
    return template.withSpec(template.spec().withVolumes(all));
  }

  private static void changeStatus(StatefulSet set, StatefulSet old, FieldErrors errors) {
    StatefulSetStatus status = Objects.requireNonNullElse(set.status(), StatefulSetStatus.EMPTY);
    StatefulSetStatus before = Objects.requireNonNullElse(old.status(), StatefulSetStatus.EMPTY);
    Path path = Path.of("status");
    Checks.counts(status, path, errors);
    String whole = "status.replicas";
    Integer all = status.replicas();
    Checks.partOf(status.readyReplicas(), all, whole, path.child("readyReplicas"), errors);
    Checks.partOf(status.currentReplicas(), all, whole, path.child("currentReplicas"), errors);
    Checks.partOf(status.updatedReplicas(), all, whole, path.child("updatedReplicas"), errors);
    Path available = path.child("availableReplicas");
    Checks.partOf(status.availableReplicas(), all, whole, available, errors);
    Checks.partOf(
        status.availableReplicas(),
        status.readyReplicas(),
        "status.readyReplicas",
        available,
        errors);
    Checks.notDecremented(
        status.collisionCount(), before.collisionCount(), path.child("collisionCount"), errors);
  }

  private static void validateUpdateStrategy(
      @Nullable StatefulSetUpdateStrategy update, Path path, FieldErrors errors) {
    String type = update == null ? null : update.type();
    if (update == null || type == null || type.isEmpty()) {
      errors.required(path, "");
      return;
    }
    RollingUpdateStatefulSetStrategy rolling = update.rollingUpdate();
    switch (type) {
      case "OnDelete" -> {
        if (rolling != null) {
          errors.invalid(
              path.child("rollingUpdate"),
              rolling,
              "only allowed for updateStrategy 'RollingUpdate'");
        }
      }
      case "RollingUpdate" -> {
        if (rolling != null) {
          Path at = path.child("rollingUpdate");
          Checks.notNegative(rolling.partition(), at.child("partition"), errors);
          if (rolling.maxUnavailable() != null && Checks.isZero(rolling.maxUnavailable())) {
            errors.invalid(at.child("maxUnavailable"), rolling.maxUnavailable(), "cannot be 0");
          }
          Checks.share(rolling.maxUnavailable(), true, at.child("maxUnavailable"), errors);
        }
      }
      default -> errors.invalid(path, update, "must be 'RollingUpdate' or 'OnDelete'");
    }
  }

  private static void change(StatefulSet set, StatefulSet old, FieldErrors errors) {
    StatefulSetSpec spec = in(set);
    StatefulSetSpec before = in(old);
    StatefulSetSpec restored =
        spec.toBuilder()
            .replicas(before.replicas())
            .ordinals(before.ordinals())
            .template(before.template())
            .updateStrategy(before.updateStrategy())
            .revisionHistoryLimit(before.revisionHistoryLimit())
            .persistentVolumeClaimRetentionPolicy(before.persistentVolumeClaimRetentionPolicy())
            .minReadySeconds(before.minReadySeconds())
            .build();
    if (!restored.equals(before)) {
      errors.forbidden(SPEC, ALLOWED);
    }
  }
}
