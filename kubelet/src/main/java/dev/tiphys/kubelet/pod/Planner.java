package dev.tiphys.kubelet.pod;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.kubelet.probe.ProbeKind;
import dev.tiphys.kubelet.runtime.ContainerHash;
import dev.tiphys.kubelet.runtime.ContainerState;
import dev.tiphys.kubelet.runtime.PodState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides what must be done next for a pod that should run: a sandbox first, then init containers
 * one after the other, then all others. A pure function of the pod, what runs, and what probes say;
 * for one use.
 */
final class Planner {

  private final PodSpec spec;
  private final PodState state;
  private final Health health;
  private final Instant now;
  private final List<NextSteps.Stop> stops = new ArrayList<>();
  private final List<NextSteps.Start> starts = new ArrayList<>();
  private @Nullable Duration lookAgain;

  private Planner(Pod pod, PodState state, Health health, Instant now) {
    this.spec = pod.spec() == null ? PodSpec.EMPTY : pod.spec();
    this.state = state;
    this.health = health;
    this.now = now;
  }

  static NextSteps plan(Pod pod, PodState state, Health health, Instant now) {
    return new Planner(pod, state, health, now).plan();
  }

  private NextSteps plan() {
    if (hasEnded()) {
      stopAll("the pod has ended");
      return steps(
          state.sandboxes().stream().filter(PodState.Sandbox::ready).toList(),
          Optional.empty(),
          true);
    }
    Optional<PodState.Sandbox> ready = state.readySandbox();
    if (ready.isEmpty()) {
      stopAll("its sandbox is gone");
      int attempt = state.sandboxes().isEmpty() ? 0 : state.sandboxes().getFirst().attempt() + 1;
      // What still runs in an old sandbox must end first, lest two generations share volumes.
      return steps(
          state.sandboxes(), stops.isEmpty() ? Optional.of(attempt) : Optional.empty(), false);
    }
    String sandboxId = ready.get().id();
    if (initContainersDone(sandboxId)) {
      for (Container container : spec.containers()) {
        planContainer(container, sandboxId, false);
      }
    }
    List<PodState.Sandbox> old =
        state.sandboxes().stream().skip(1).filter(PodState.Sandbox::ready).toList();
    return steps(old, Optional.empty(), false);
  }

  private NextSteps steps(
      List<PodState.Sandbox> stopSandboxes, Optional<Integer> newSandbox, boolean ended) {
    return new NextSteps(
        stopSandboxes,
        newSandbox,
        List.copyOf(stops),
        List.copyOf(starts),
        Optional.ofNullable(lookAgain),
        ended);
  }

  /**
   * Whether nothing will be started again: all containers are done, or an init container failed.
   */
  private boolean hasEnded() {
    if (alwaysRestarts(spec.restartPolicy())) {
      return false;
    }
    boolean never = "Never".equals(spec.restartPolicy());
    for (Container init : spec.initContainers()) {
      if (never && !isSidecar(init) && exitCode(init).filter(code -> code != 0).isPresent()) {
        return true;
      }
    }
    return !spec.containers().isEmpty()
        && spec.containers().stream()
            .allMatch(c -> exitCode(c).filter(code -> never || code == 0).isPresent());
  }

  private Optional<Integer> exitCode(Container container) {
    return container(container)
        .map(ContainerState::life)
        .filter(ContainerState.Exited.class::isInstance)
        .map(life -> ((ContainerState.Exited) life).exitCode());
  }

  private boolean initContainersDone(String sandboxId) {
    // Once a main container was made in this sandbox, the init containers had their turn.
    boolean past = spec.containers().stream().anyMatch(c -> container(c, sandboxId).isPresent());
    for (Container init : spec.initContainers()) {
      if (isSidecar(init)) {
        planContainer(init, sandboxId, true);
        boolean started =
            container(init, sandboxId)
                .filter(c -> c.life() instanceof ContainerState.Running)
                .filter(c -> health.isStarted(c.id(), init))
                .isPresent();
        if (!started && !past) {
          return false;
        }
      } else if (!past) {
        Optional<ContainerState> current = container(init, sandboxId);
        boolean done =
            current
                .map(ContainerState::life)
                .filter(life -> life instanceof ContainerState.Exited e && e.exitCode() == 0)
                .isPresent();
        if (!done) {
          planContainer(init, sandboxId, true);
          return false;
        }
      }
    }
    return true;
  }

  private void planContainer(Container container, String sandboxId, boolean init) {
    Optional<ContainerState> current = container(container, sandboxId);
    if (current.isEmpty()) {
      // Its number goes on from a former sandbox.
      starts.add(new NextSteps.Start(container, nextRestartCount(container), init));
      return;
    }
    ContainerState now = current.get();
    switch (now.life()) {
      case ContainerState.Running _ -> planRunning(container, now);
      case ContainerState.Exited exited -> {
        if (restarts(container, exited.exitCode())) {
          planRestart(container, now, init);
        }
      }
      case ContainerState.Created _ -> planRestart(container, now, init);
      case ContainerState.Unknown _ ->
          stops.add(new NextSteps.Stop(now, container, "the runtime lost track of it"));
    }
  }

  private void planRunning(Container container, ContainerState running) {
    if (!running.specHash().isEmpty() && !running.specHash().equals(ContainerHash.of(container))) {
      stops.add(
          new NextSteps.Stop(
              running,
              container,
              "Container " + container.name() + " definition changed, will be restarted"));
      return;
    }
    ProbeKind failed = health.failed(running.id());
    if (failed != null) {
      stops.add(
          new NextSteps.Stop(
              running,
              container,
              "Container "
                  + container.name()
                  + " failed "
                  + failed.title().toLowerCase(Locale.ROOT)
                  + " probe, will be restarted"));
    }
  }

  private void planRestart(Container container, ContainerState ended, boolean init) {
    Duration left = RestartDelay.left(ended, now);
    if (left.isPositive()) {
      lookAgain = lookAgain == null || left.compareTo(lookAgain) < 0 ? left : lookAgain;
    } else {
      starts.add(new NextSteps.Start(container, ended.restartCount() + 1, init));
    }
  }

  private boolean restarts(Container container, int exitCode) {
    String policy =
        container.restartPolicy() == null ? spec.restartPolicy() : container.restartPolicy();
    return alwaysRestarts(policy) || ("OnFailure".equals(policy) && exitCode != 0);
  }

  private void stopAll(String why) {
    for (ContainerState container : state.containers()) {
      if (container.life() instanceof ContainerState.Running) {
        stops.add(new NextSteps.Stop(container, spec(container.name()), why));
      }
    }
  }

  private Container spec(String name) {
    for (List<Container> list : List.of(spec.containers(), spec.initContainers())) {
      for (Container container : list) {
        if (name.equals(container.name())) {
          return container;
        }
      }
    }
    return Container.builder().name(name).build();
  }

  private int nextRestartCount(Container container) {
    return container(container).map(c -> c.restartCount() + 1).orElse(0);
  }

  private Optional<ContainerState> container(Container container) {
    return state.container(String.valueOf(container.name()));
  }

  private Optional<ContainerState> container(Container container, String sandboxId) {
    return container(container).filter(c -> c.sandboxId().equals(sandboxId));
  }

  private static boolean isSidecar(Container init) {
    return "Always".equals(init.restartPolicy());
  }

  private static boolean alwaysRestarts(@Nullable String policy) {
    return policy == null || policy.equals("Always");
  }
}
