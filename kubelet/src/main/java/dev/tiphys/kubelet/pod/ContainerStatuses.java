package dev.tiphys.kubelet.pod;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.ContainerStateRunning;
import dev.tiphys.api.core.v1.ContainerStateTerminated;
import dev.tiphys.api.core.v1.ContainerStateWaiting;
import dev.tiphys.api.core.v1.ContainerStatus;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodStatus;
import dev.tiphys.kubelet.probe.ProbeKind;
import dev.tiphys.kubelet.runtime.ContainerState;
import dev.tiphys.kubelet.runtime.PodState;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@code status.containerStatuses} says of each container. Pure; for one pod at one moment.
 */
final class ContainerStatuses {

  private final Pod pod;
  private final PodState state;
  private final Health health;
  private final Map<String, Waiting> waits;
  private final String runtimeName;
  private final Instant now;

  /**
   * Everything that counts.
   *
   * @param waits why containers do not run, by name, where something went wrong
   * @param runtimeName before container ids: {@code containerd}
   */
  ContainerStatuses(
      Pod pod,
      PodState state,
      Health health,
      Map<String, Waiting> waits,
      String runtimeName,
      Instant now) {
    this.pod = pod;
    this.state = state;
    this.health = health;
    this.waits = waits;
    this.runtimeName = runtimeName;
    this.now = now;
  }

  /**
   * The status of one container.
   *
   * @param before its status in the API, for what the runtime has forgotten; null if there is none
   * @param idle what it waits for if nothing went wrong
   * @param willRestart whether it is started again if it has ended
   */
  ContainerStatus of(
      Container container, @Nullable ContainerStatus before, Waiting idle, boolean willRestart) {
    String name = String.valueOf(container.name());
    ContainerStatus.Builder status =
        ContainerStatus.builder()
            .name(name)
            .image(container.image())
            .imageID("")
            .ready(false)
            .started(false)
            .restartCount(0);
    Optional<ContainerState> current = state.container(name);
    if (current.isEmpty()) {
      return lost(status, before, waits.getOrDefault(name, idle));
    }
    ContainerState latest = current.get();
    status
        .restartCount(latest.restartCount())
        .imageID(latest.imageId())
        .containerID(id(latest.id()));
    state.previousContainer(name).ifPresent(p -> status.lastState(terminated(p)));
    switch (latest.life()) {
      case ContainerState.Running running -> {
        boolean started = health.isStarted(latest.id(), container);
        status
            .state(running(running.startedAt()))
            .started(started)
            .ready(health.isReady(latest.id(), container));
      }
      case ContainerState.Exited _ -> ended(status, container, latest, willRestart);
      case ContainerState.Created _ -> status.state(waiting(waits.getOrDefault(name, idle)));
      case ContainerState.Unknown _ ->
          status.state(
              waiting(new Waiting("ContainerStatusUnknown", "the runtime lost track of it")));
    }
    return withLastState(status.build(), before);
  }

  /** The runtime knows nothing: it is not made yet, or was removed after it had run. */
  private static ContainerStatus lost(
      ContainerStatus.Builder status, @Nullable ContainerStatus before, Waiting idle) {
    if (before != null && before.state() != null && before.state().terminated() != null) {
      return before;
    }
    if (before != null && before.restartCount() != null) {
      status.restartCount(before.restartCount()).lastState(before.lastState());
    }
    return status.state(waiting(idle)).build();
  }

  private void ended(
      ContainerStatus.Builder status,
      Container container,
      ContainerState ended,
      boolean willRestart) {
    dev.tiphys.api.core.v1.ContainerState terminated = terminated(ended);
    if (!willRestart) {
      status.state(terminated);
      return;
    }
    Waiting wait = waits.get(String.valueOf(container.name()));
    Duration delay = RestartDelay.of(ended);
    if (wait == null && RestartDelay.left(ended, now).isPositive()) {
      wait = new Waiting("CrashLoopBackOff", backOffMessage(container, delay));
    }
    if (wait == null) {
      status.state(terminated);
    } else {
      status.state(waiting(wait)).lastState(terminated);
    }
  }

  String backOffMessage(Container container, Duration delay) {
    return "back-off "
        + shortTime(delay)
        + " restarting failed container="
        + container.name()
        + " pod="
        + pod.metadata().name()
        + "_"
        + pod.metadata().namespace()
        + "("
        + pod.metadata().uid()
        + ")";
  }

  /** As Go prints durations: {@code 10s}, {@code 1m20s}, {@code 5m0s}. */
  private static String shortTime(Duration delay) {
    return delay.toMinutes() == 0
        ? delay.toSeconds() + "s"
        : delay.toMinutes() + "m" + delay.toSecondsPart() + "s";
  }

  private static ContainerStatus withLastState(
      ContainerStatus status, @Nullable ContainerStatus before) {
    if (before == null || before.lastState() == null || status.lastState() != null) {
      return status;
    }
    boolean same = Objects.equals(status.restartCount(), before.restartCount());
    return same ? status.withLastState(before.lastState()) : status;
  }

  private dev.tiphys.api.core.v1.@Nullable ContainerState terminated(ContainerState container) {
    if (!(container.life() instanceof ContainerState.Exited exited)) {
      return null;
    }
    return dev.tiphys.api.core.v1.ContainerState.builder()
        .terminated(
            ContainerStateTerminated.builder()
                .exitCode(exited.exitCode())
                .reason(exited.reason())
                .message(exited.message().isEmpty() ? null : exited.message())
                .startedAt(seconds(exited.startedAt()))
                .finishedAt(seconds(exited.finishedAt()))
                .containerID(id(container.id()))
                .build())
        .build();
  }

  private static dev.tiphys.api.core.v1.ContainerState running(Instant startedAt) {
    return dev.tiphys.api.core.v1.ContainerState.builder()
        .running(ContainerStateRunning.builder().startedAt(seconds(startedAt)).build())
        .build();
  }

  private static dev.tiphys.api.core.v1.ContainerState waiting(Waiting why) {
    return dev.tiphys.api.core.v1.ContainerState.builder()
        .waiting(
            ContainerStateWaiting.builder()
                .reason(why.reason())
                .message(why.message().isEmpty() ? null : why.message())
                .build())
        .build();
  }

  private String id(String containerId) {
    return runtimeName + "://" + containerId;
  }

  private static Instant seconds(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS);
  }

  /** Which probes a container had passed by what the API last heard of it. */
  static Set<ProbeKind> passedProbes(Pod pod, String containerId) {
    PodStatus told = pod.status() == null ? PodStatus.EMPTY : pod.status();
    Set<ProbeKind> passed = EnumSet.noneOf(ProbeKind.class);
    for (List<ContainerStatus> list :
        List.of(told.containerStatuses(), told.initContainerStatuses())) {
      for (ContainerStatus status : list) {
        if (String.valueOf(status.containerID()).endsWith("://" + containerId)) {
          if (Boolean.TRUE.equals(status.started())) {
            passed.add(ProbeKind.STARTUP);
          }
          if (Boolean.TRUE.equals(status.ready())) {
            passed.add(ProbeKind.READINESS);
          }
        }
      }
    }
    return passed;
  }

  /** The status of a name in a list, or null. */
  static @Nullable ContainerStatus find(List<ContainerStatus> statuses, @Nullable String name) {
    for (ContainerStatus status : statuses) {
      if (status.name() != null && status.name().equals(name)) {
        return status;
      }
    }
    return null;
  }
}
