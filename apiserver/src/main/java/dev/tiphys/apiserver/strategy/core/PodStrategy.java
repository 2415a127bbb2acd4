package dev.tiphys.apiserver.strategy.core;

import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodCondition;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.PodStatus;
import dev.tiphys.api.usage.QosClass;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.AddressWarnings;
import dev.tiphys.apiserver.strategy.PartRules;
import dev.tiphys.apiserver.strategy.Strategy;
import dev.tiphys.apiserver.strategy.workload.OldProfiles;
import dev.tiphys.apiserver.strategy.workload.OwnLabels;
import dev.tiphys.apiserver.strategy.workload.PodSpecDefaults;
import dev.tiphys.apiserver.strategy.workload.PodSpecValidation;
import dev.tiphys.apiserver.strategy.workload.PodWarnings;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rules of Pod. */
public final class PodStrategy implements Strategy<Pod> {

  private static final long DEFAULT_GRACE_SECONDS = 30;
  private static final String NODE_NAME = "spec.nodeName";
  private static final Path SPEC = Path.of("spec");

  @Override
  public Pod withDefaults(Pod pod) {
    PodSpec spec = pod.spec();
    return spec == null ? pod : pod.withSpec(PodSpecDefaults.fillPod(spec));
  }

  @Override
  public Pod prepareForCreate(Pod sent) {
    Pod pod = OldProfiles.inFields(sent);
    List<PodCondition> conditions = new ArrayList<>();
    PodSpec spec =
        OwnLabels.merged(pod.spec() == null ? PodSpec.EMPTY : pod.spec(), pod.metadata().labels());
    if (!spec.schedulingGates().isEmpty()) {
      conditions.add(
          PodCondition.builder()
              .type("PodScheduled")
              .status("False")
              .reason("SchedulingGated")
              .message("Scheduling is blocked due to non-empty scheduling gates")
              .build());
    }
    return pod.withSpec(spec)
        .withStatus(
            PodStatus.builder()
                .phase("Pending")
                .qosClass(QosClass.of(spec))
                .conditions(conditions)
                .build());
  }

  @Override
  public void validate(Pod pod, FieldErrors errors) {
    PodSpecValidation.validatePod(pod, errors);
    PodSpec spec = pod.spec() == null ? PodSpec.EMPTY : pod.spec();
    if (!spec.ephemeralContainers().isEmpty()) {
      errors.forbidden(SPEC.child("ephemeralContainers"), "cannot be set on create");
    }
    if (spec.nodeName() != null
        && !spec.nodeName().isEmpty()
        && !spec.schedulingGates().isEmpty()) {
      errors.forbidden(
          SPEC.child("nodeName"), "cannot be set until all schedulingGates have been cleared");
    }
  }

  @Override
  public Pod prepareForUpdate(Pod pod, Pod old) {
    Pod kept = Strategy.super.prepareForUpdate(pod, old);
    PodSpec spec = kept.spec() == null ? PodSpec.EMPTY : kept.spec();
    PodSpec before = old.spec() == null ? PodSpec.EMPTY : old.spec();
    // They come by their own subresource only.
    return kept.withSpec(spec.withEphemeralContainers(before.ephemeralContainers()));
  }

  @Override
  public void validateUpdate(Pod pod, Pod old, FieldErrors errors) {
    PodSpecValidation.validatePod(pod, errors);
    PodChanges.validate(pod, old, errors);
  }

  @Override
  public Pod prepareForStatusUpdate(Pod pod, Pod old) {
    Pod kept = Strategy.super.prepareForStatusUpdate(pod, old);
    PodStatus status = kept.status() == null ? PodStatus.EMPTY : kept.status();
    PodStatus before = old.status() == null ? PodStatus.EMPTY : old.status();
    // The class follows from the spec and is told once.
    return kept.withStatus(status.withQosClass(before.qosClass()));
  }

  @Override
  public void validateStatusUpdate(Pod pod, Pod old, FieldErrors errors) {
    PodStatusChanges.validate(pod, old, errors);
  }

  /** Who updates a pod is a program; whoever made it has been told. */
  @Override
  public List<String> warnings(Pod pod, @Nullable Pod old) {
    return old == null ? PodWarnings.of(pod) : List.of();
  }

  @Override
  public List<String> statusWarnings(Pod pod) {
    List<String> warnings = new ArrayList<>();
    PodStatus status = pod.status() == null ? PodStatus.EMPTY : pod.status();
    Path path = Path.of("status");
    for (int i = 0; i < status.podIPs().size(); i++) {
      Path at = path.child("podIPs").index(i).child("ip");
      AddressWarnings.ofAddress(status.podIPs().get(i).ip(), at, warnings);
    }
    for (int i = 0; i < status.hostIPs().size(); i++) {
      Path at = path.child("hostIPs").index(i).child("ip");
      AddressWarnings.ofAddress(status.hostIPs().get(i).ip(), at, warnings);
    }
    return warnings;
  }

  @Override
  public @Nullable PartRules<Pod> part(String subresource) {
    return switch (subresource) {
      case "ephemeralcontainers" -> PodParts.EPHEMERAL;
      case "resize" -> PodParts.RESIZE;
      default -> null;
    };
  }

  @Override
  public List<String> selectableFields() {
    return List.of(
        NODE_NAME,
        "spec.restartPolicy",
        "spec.schedulerName",
        "spec.serviceAccountName",
        "spec.hostNetwork",
        "status.phase",
        "status.podIP",
        "status.podIPs",
        "status.nominatedNodeName");
  }

  @Override
  public String watchIndexField() {
    return NODE_NAME;
  }

  @Override
  public String fieldValue(Pod pod, String field) {
    PodSpec spec = pod.spec() == null ? PodSpec.EMPTY : pod.spec();
    PodStatus status = pod.status() == null ? PodStatus.EMPTY : pod.status();
    @Nullable String value =
        switch (field) {
          case NODE_NAME -> spec.nodeName();
          case "spec.restartPolicy" -> spec.restartPolicy();
          case "spec.schedulerName" -> spec.schedulerName();
          case "spec.serviceAccountName" -> spec.serviceAccountName();
          case "spec.hostNetwork" -> String.valueOf(Boolean.TRUE.equals(spec.hostNetwork()));
          case "status.phase" -> status.phase();
          case "status.podIP", "status.podIPs" -> status.podIP();
          case "status.nominatedNodeName" -> status.nominatedNodeName();
          default -> Strategy.super.fieldValue(pod, field);
        };
    return value == null ? "" : value;
  }

  /** A pod that runs somewhere ends in its own time; one that runs nowhere is gone at once. */
  @Override
  public Long gracePeriodSeconds(Pod pod, @Nullable Long requestedSeconds) {
    PodSpec spec = pod.spec() == null ? PodSpec.EMPTY : pod.spec();
    PodStatus status = pod.status() == null ? PodStatus.EMPTY : pod.status();
    boolean placed = spec.nodeName() != null && !spec.nodeName().isEmpty();
    boolean ended = "Succeeded".equals(status.phase()) || "Failed".equals(status.phase());
    if (!placed || ended) {
      return 0L;
    }
    if (requestedSeconds != null) {
      return requestedSeconds < 0 ? 1 : requestedSeconds;
    }
    Long stated = spec.terminationGracePeriodSeconds();
    if (stated != null && stated < 0) {
      return 1L;
    }
    return Objects.requireNonNullElse(stated, DEFAULT_GRACE_SECONDS);
  }
}
