package dev.tiphys.apiserver.strategy.apps;

import dev.tiphys.api.apps.v1.DaemonSet;
import dev.tiphys.api.apps.v1.DaemonSetSpec;
import dev.tiphys.api.apps.v1.DaemonSetStatus;
import dev.tiphys.api.apps.v1.DaemonSetUpdateStrategy;
import dev.tiphys.api.apps.v1.RollingUpdateDaemonSet;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.api.value.IntOrString;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.StatusPart;
import dev.tiphys.apiserver.strategy.Strategy;
import dev.tiphys.apiserver.strategy.workload.PodWarnings;
import dev.tiphys.apiserver.strategy.workload.Templates;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The rules of DaemonSet. */
public final class DaemonSetRules {

  private static final Path SPEC = Path.of("spec");

  /** How many templates there have been: a field once, kept as an annotation since. */
  private static final String TEMPLATES = "deprecated.daemonset.template.generation";

  private DaemonSetRules() {}

  /** The rules. */
  public static Strategy<DaemonSet> rules() {
    return KindRules.<DaemonSet>builder()
        .defaults(DaemonSetRules::fill)
        .create(set -> counted(StatusPart.clear(set), 1))
        .update(DaemonSetRules::update)
        .validate(DaemonSetRules::validate)
        .change((set, old, errors) ->
            Checks.immutable(
                in(set).selector(), in(old).selector(), SPEC.child("selector"), errors))
        .statusChange(DaemonSetRules::changeStatus)
        .warnings((set, old) ->
            PodWarnings.ofTemplate(
                in(set).template(),
                old == null ? null : in(old).template(),
                SPEC.child("template")))
        .build();
  }

  private static DaemonSetSpec in(DaemonSet set) {
    return Objects.requireNonNullElse(set.spec(), DaemonSetSpec.EMPTY);
  }

  private static DaemonSet fill(DaemonSet set) {
    DaemonSetSpec spec = set.spec();
    if (spec == null) {
      return set;
    }
    DaemonSetSpec.Builder filled = spec.toBuilder().template(Templates.fill(spec.template()));
    DaemonSetUpdateStrategy update = spec.updateStrategy();
    if (update != null && "RollingUpdate".equals(update.type()) && update.rollingUpdate() == null) {
      filled.updateStrategy(
          update.withRollingUpdate(
              RollingUpdateDaemonSet.builder()
                  .maxUnavailable(IntOrString.of(1))
                  .maxSurge(IntOrString.of(0))
                  .build()));
    }
    return set.withSpec(filled.build());
  }

  private static DaemonSet update(DaemonSet set, DaemonSet old) {
    DaemonSet kept = StatusPart.copy(old, set);
    long templates = templates(old);
    boolean changed = !Objects.equals(in(set).template(), in(old).template());
    return counted(kept, changed ? templates + 1 : templates);
  }

  private static long templates(DaemonSet set) {
    String text = set.metadata().annotations().get(TEMPLATES);
    return text != null && text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
  }

  private static DaemonSet counted(DaemonSet set, long templates) {
    Map<String, String> annotations = new LinkedHashMap<>(set.metadata().annotations());
    annotations.put(TEMPLATES, Long.toString(templates));
    return set.withMetadata(set.metadata().withAnnotations(annotations));
  }

  private static void validate(DaemonSet set, FieldErrors errors) {
    DaemonSetSpec spec = in(set);
    WorkloadRules.validate(spec.selector(), spec.template(), SPEC, "DaemonSet", errors);
    Checks.notNegative(spec.minReadySeconds(), SPEC.child("minReadySeconds"), errors);
    Checks.notNegative(spec.revisionHistoryLimit(), SPEC.child("revisionHistoryLimit"), errors);
    DaemonSetUpdateStrategy update =
        Objects.requireNonNullElse(spec.updateStrategy(), DaemonSetUpdateStrategy.EMPTY);
    Path path = SPEC.child("updateStrategy");
    String type = update.type();
    List<String> types = List.of("RollingUpdate", "OnDelete");
    if (!types.contains(String.valueOf(type))) {
      errors.notSupported(path, update, types);
    } else if ("RollingUpdate".equals(type)) {
      Path at = path.child("rollingUpdate");
      RollingUpdateDaemonSet rolling = update.rollingUpdate();
      if (rolling == null) {
        errors.required(at, "");
        return;
      }
      Checks.share(rolling.maxUnavailable(), true, at.child("maxUnavailable"), errors);
      Checks.share(rolling.maxSurge(), true, at.child("maxSurge"), errors);
      boolean unavailable = !Checks.isZero(rolling.maxUnavailable());
      boolean surge = !Checks.isZero(rolling.maxSurge());
      if (unavailable && surge) {
        errors.invalid(
            at.child("maxSurge"),
            rolling.maxSurge(),
            "may not be set when maxUnavailable is non-zero");
      } else if (!unavailable && !surge) {
        errors.required(at.child("maxUnavailable"), "cannot be 0 when maxSurge is 0");
      }
    }
  }

  private static void changeStatus(DaemonSet set, DaemonSet old, FieldErrors errors) {
    DaemonSetStatus status = Objects.requireNonNullElse(set.status(), DaemonSetStatus.EMPTY);
    DaemonSetStatus before = Objects.requireNonNullElse(old.status(), DaemonSetStatus.EMPTY);
    Path path = Path.of("status");
    Checks.counts(status, path, errors);
    Checks.notDecremented(
        status.collisionCount(), before.collisionCount(), path.child("collisionCount"), errors);
  }
}
