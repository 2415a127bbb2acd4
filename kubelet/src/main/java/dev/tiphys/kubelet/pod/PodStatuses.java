package dev.tiphys.kubelet.pod;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.ContainerStatus;
import dev.tiphys.api.core.v1.HostIP;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodIP;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.PodStatus;
import dev.tiphys.kubelet.runtime.ContainerState;
import dev.tiphys.kubelet.runtime.PodState;
import dev.tiphys.kubelet.runtime.QosClass;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the API should say of a pod on this node. A pure function of the pod, what runs, what probes
 * say and what went wrong.
 */
final class PodStatuses {

  private final List<String> hostIps;
  private final String runtimeName;

  /** For the pods of a node with these addresses, the primary one first. */
  PodStatuses(List<String> hostIps, String runtimeName) {
    this.hostIps = List.copyOf(hostIps);
    this.runtimeName = runtimeName;
  }

  /**
   * The status.
   *
   * @param waits why containers do not run, by name, where something went wrong
   * @param failure why the pod as a whole must fail, or null
   */
  PodStatus of(
      Pod pod,
      PodState state,
      Health health,
      Map<String, Waiting> waits,
      @Nullable Waiting failure,
      Instant now) {
    PodSpec spec = pod.spec() == null ? PodSpec.EMPTY : pod.spec();
    PodStatus before = pod.status() == null ? PodStatus.EMPTY : pod.status();
    boolean ending = pod.metadata().deletionTimestamp() != null || failure != null;
    ContainerStatuses statuses = new ContainerStatuses(pod, state, health, waits, runtimeName, now);

    List<ContainerStatus> init = new ArrayList<>();
    for (Container container : spec.initContainers()) {
      ContainerStatus old =
          ContainerStatuses.find(before.initContainerStatuses(), container.name());
      init.add(
          initReadiness(
              container,
              statuses.of(
                  container,
                  old,
                  Waiting.INITIALIZING,
                  !ending && restarts(spec, container, state))));
    }
    boolean initialized = isInitialized(spec, init, state);
    List<ContainerStatus> main = new ArrayList<>();
    Waiting idle = initialized ? Waiting.CREATING : Waiting.INITIALIZING;
    for (Container container : spec.containers()) {
      ContainerStatus old = ContainerStatuses.find(before.containerStatuses(), container.name());
      main.add(statuses.of(container, old, idle, !ending && restarts(spec, container, state)));
    }

    String phase = failure != null ? "Failed" : phase(spec, before, init, main, initialized);
    List<String> podIps = podIps(spec, state, before);
    PodStatus.Builder status =
        before.toBuilder()
            .phase(phase)
            .reason(failure == null ? before.reason() : failure.reason())
            .message(failure == null ? before.message() : failure.message())
            .hostIP(hostIps.isEmpty() ? null : hostIps.getFirst())
            .hostIPs(hostIps.stream().map(ip -> HostIP.builder().ip(ip).build()).toList())
            .podIP(podIps.isEmpty() ? null : podIps.getFirst())
            .podIPs(podIps.stream().map(ip -> PodIP.builder().ip(ip).build()).toList())
            .startTime(
                before.startTime() == null
                    ? now.truncatedTo(ChronoUnit.SECONDS)
                    : before.startTime())
            .initContainerStatuses(init)
            .containerStatuses(main)
            .qosClass(before.qosClass() == null ? QosClass.of(pod).name() : before.qosClass())
            .observedGeneration(pod.metadata().generation());
    PodStatus built = status.build();
    return built.withConditions(
        new PodConditions(pod, before, now)
            .of(built, initialized, state.readySandbox().isPresent()));
  }

  private static boolean restarts(PodSpec spec, Container container, PodState state) {
    String policy =
        container.restartPolicy() == null ? spec.restartPolicy() : container.restartPolicy();
    if ("OnFailure".equals(policy)) {
      return state
          .container(String.valueOf(container.name()))
          .map(ContainerState::life)
          .filter(life -> life instanceof ContainerState.Exited e && e.exitCode() == 0)
          .isEmpty();
    }
    return !"Never".equals(policy);
  }

  /** An init container is ready when it is done; a sidecar when its probes say so. */
  private static ContainerStatus initReadiness(Container container, ContainerStatus status) {
    if ("Always".equals(container.restartPolicy())) {
      return status;
    }
    boolean done =
        status.state() != null
            && status.state().terminated() != null
            && Integer.valueOf(0).equals(status.state().terminated().exitCode());
    return status.withReady(done);
  }

  private static boolean isInitialized(PodSpec spec, List<ContainerStatus> init, PodState state) {
    if (spec.containers().stream()
        .anyMatch(c -> state.container(String.valueOf(c.name())).isPresent())) {
      return true;
    }
    for (int i = 0; i < init.size(); i++) {
      boolean sidecar = "Always".equals(spec.initContainers().get(i).restartPolicy());
      if (!Boolean.TRUE.equals(sidecar ? init.get(i).started() : init.get(i).ready())) {
        return false;
      }
    }
    return true;
  }

  private static String phase(
      PodSpec spec,
      PodStatus before,
      List<ContainerStatus> init,
      List<ContainerStatus> main,
      boolean initialized) {
    String last = before.phase();
    if (last != null && (last.equals("Succeeded") || last.equals("Failed"))) {
      // The end is the end: a phase never goes back from it.
      return last;
    }
    boolean never = "Never".equals(spec.restartPolicy());
    if (!initialized) {
      return never && init.stream().anyMatch(PodStatuses::hasFailed) ? "Failed" : "Pending";
    }
    long running = main.stream().filter(PodStatuses::isRunning).count();
    long succeeded = main.stream().filter(PodStatuses::hasSucceeded).count();
    long failed = main.stream().filter(PodStatuses::hasFailed).count();
    boolean always = !never && !"OnFailure".equals(spec.restartPolicy());
    if (running > 0) {
      return "Running";
    }
    if (!always && succeeded == main.size()) {
      return "Succeeded";
    }
    if (never && succeeded + failed == main.size()) {
      return "Failed";
    }
    boolean ranBefore = main.stream().anyMatch(c -> c.lastState() != null);
    return succeeded + failed > 0 || ranBefore ? "Running" : "Pending";
  }

  private static boolean isRunning(ContainerStatus status) {
    return status.state() != null && status.state().running() != null;
  }

  private static boolean hasSucceeded(ContainerStatus status) {
    return status.state() != null
        && status.state().terminated() != null
        && Integer.valueOf(0).equals(status.state().terminated().exitCode());
  }

  private static boolean hasFailed(ContainerStatus status) {
    return status.state() != null
        && status.state().terminated() != null
        && !Integer.valueOf(0).equals(status.state().terminated().exitCode());
  }

  private List<String> podIps(PodSpec spec, PodState state, PodStatus before) {
    if (Boolean.TRUE.equals(spec.hostNetwork())) {
      return hostIps;
    }
    return state
        .readySandbox()
        .map(PodState.Sandbox::ips)
        .orElseGet(() -> before.podIPs().stream().map(PodIP::ip).map(String::valueOf).toList());
  }
}
