package dev.tiphys.kubelet.pod;

import dev.tiphys.api.core.v1.ContainerStatus;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodCondition;
import dev.tiphys.api.core.v1.PodReadinessGate;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.PodStatus;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A pod's conditions, in upstream's words. Conditions of others are left as they are. Pure. */
final class PodConditions {

  private static final String SANDBOX = "PodReadyToStartContainers";
  private static final String INITIALIZED = "Initialized";
  private static final String READY = "Ready";
  private static final String CONTAINERS_READY = "ContainersReady";
  private static final String SCHEDULED = "PodScheduled";
  private static final List<String> OURS =
      List.of(SANDBOX, INITIALIZED, READY, CONTAINERS_READY, SCHEDULED);

  private final Pod pod;
  private final PodStatus before;
  private final Instant now;

  PodConditions(Pod pod, PodStatus before, Instant now) {
    this.pod = pod;
    this.before = before;
    this.now = now.truncatedTo(ChronoUnit.SECONDS);
  }

  List<PodCondition> of(PodStatus status, boolean initialized, boolean sandboxReady) {
    List<PodCondition> conditions = new ArrayList<>();
    conditions.add(condition(SANDBOX, sandboxReady, "", ""));
    conditions.add(initialized(status, initialized));
    PodCondition containers = containersReady(status);
    conditions.add(ready(containers));
    conditions.add(containers);
    conditions.add(condition(SCHEDULED, true, "", ""));
    before.conditions().stream().filter(c -> !OURS.contains(c.type())).forEach(conditions::add);
    return conditions;
  }

  private PodCondition initialized(PodStatus status, boolean initialized) {
    if (initialized) {
      return condition(
          INITIALIZED, true, "Succeeded".equals(status.phase()) ? "PodCompleted" : "", "");
    }
    List<String> waiting =
        status.initContainerStatuses().stream()
            .filter(c -> !Boolean.TRUE.equals(c.ready()))
            .map(ContainerStatus::name)
            .map(String::valueOf)
            .toList();
    return condition(
        INITIALIZED,
        false,
        "ContainersNotInitialized",
        "containers with incomplete status: [" + String.join(" ", waiting) + "]");
  }

  private PodCondition containersReady(PodStatus status) {
    if ("Succeeded".equals(status.phase())) {
      return condition(CONTAINERS_READY, false, "PodCompleted", "");
    }
    if ("Failed".equals(status.phase())) {
      return condition(CONTAINERS_READY, false, "PodFailed", "");
    }
    PodSpec spec = pod.spec() == null ? PodSpec.EMPTY : pod.spec();
    Stream<ContainerStatus> sidecars =
        status.initContainerStatuses().stream()
            .filter(c ->
                spec.initContainers().stream()
                    .anyMatch(i ->
                        "Always".equals(i.restartPolicy())
                            && String.valueOf(i.name()).equals(c.name())));
    List<String> unready =
        Stream.concat(sidecars, status.containerStatuses().stream())
            .filter(c -> !Boolean.TRUE.equals(c.ready()))
            .map(ContainerStatus::name)
            .map(String::valueOf)
            .toList();
    return unready.isEmpty()
        ? condition(CONTAINERS_READY, true, "", "")
        : condition(
            CONTAINERS_READY,
            false,
            "ContainersNotReady",
            "containers with unready status: [" + String.join(" ", unready) + "]");
  }

  private PodCondition ready(PodCondition containers) {
    if (!"True".equals(containers.status())) {
      return condition(READY, false, orEmpty(containers.reason()), orEmpty(containers.message()));
    }
    PodSpec spec = pod.spec() == null ? PodSpec.EMPTY : pod.spec();
    List<String> missing = new ArrayList<>();
    for (PodReadinessGate gate : spec.readinessGates()) {
      Optional<PodCondition> met = find(String.valueOf(gate.conditionType()));
      if (met.filter(c -> "True".equals(c.status())).isEmpty()) {
        missing.add(
            met.isEmpty()
                ? "corresponding condition of pod readiness gate \""
                    + gate.conditionType()
                    + "\" does not exist."
                : "the status of pod readiness gate \""
                    + gate.conditionType()
                    + "\" is not \"True\", but "
                    + met.get().status());
      }
    }
    return missing.isEmpty()
        ? condition(READY, true, "", "")
        : condition(READY, false, "ReadinessGatesNotReady", String.join(", ", missing));
  }

  private PodCondition condition(String type, boolean holds, String reason, String message) {
    String status = holds ? "True" : "False";
    Optional<PodCondition> old = find(type).filter(c -> status.equals(c.status()));
    return PodCondition.builder()
        .type(type)
        .status(status)
        .reason(reason.isEmpty() ? null : reason)
        .message(message.isEmpty() ? null : message)
        .lastTransitionTime(old.map(PodCondition::lastTransitionTime).orElse(now))
        .observedGeneration(pod.metadata().generation())
        .build();
  }

  private Optional<PodCondition> find(String type) {
    return before.conditions().stream().filter(c -> type.equals(c.type())).findFirst();
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
