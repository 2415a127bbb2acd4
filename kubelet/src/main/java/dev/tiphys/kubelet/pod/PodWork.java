package dev.tiphys.kubelet.pod;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.Lifecycle;
import dev.tiphys.api.core.v1.LifecycleHandler;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.VolumeMount;
import dev.tiphys.client.ApiException;
import dev.tiphys.cri.CriException;
import dev.tiphys.kubelet.runtime.ContainerEnvironment;
import dev.tiphys.kubelet.runtime.ContainerRequest;
import dev.tiphys.kubelet.runtime.ContainerRuntime;
import dev.tiphys.kubelet.runtime.ContainerStartException;
import dev.tiphys.kubelet.runtime.ContainerState;
import dev.tiphys.kubelet.runtime.HostMount;
import dev.tiphys.kubelet.runtime.ImageException;
import dev.tiphys.kubelet.runtime.ImageRequest;
import dev.tiphys.kubelet.runtime.PodCgroups;
import dev.tiphys.kubelet.runtime.PodDns;
import dev.tiphys.kubelet.runtime.PodFields;
import dev.tiphys.kubelet.runtime.PodState;
import dev.tiphys.kubelet.runtime.PullSecrets;
import dev.tiphys.kubelet.runtime.RuntimeEvents;
import dev.tiphys.kubelet.runtime.SandboxRequest;
import dev.tiphys.kubelet.runtime.VariableExpansion;
import dev.tiphys.kubelet.volume.MountedVolume;
import dev.tiphys.kubelet.volume.PodVolumes;
import dev.tiphys.kubelet.volume.VolumeException;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what was planned, each method one piece of work that blocks until it is done: makes
 * sandboxes, starts and stops containers. What fails is told to the user by event and remembered
 * for the status; it is tried again at the next look. Thread-safe.
 */
final class PodWork {

  private static final Logger log = LoggerFactory.getLogger(PodWork.class);

  private final ContainerRuntime runtime;
  private final PodVolumes volumes;
  private final PodCgroups cgroups;
  private final NodeFacts node;
  private final Surroundings surroundings;
  private final Hooks hooks;
  private final PodEvents events;
  private final InstantSource clock;

  PodWork(
      ContainerRuntime runtime,
      PodVolumes volumes,
      PodCgroups cgroups,
      NodeFacts node,
      Surroundings surroundings,
      Hooks hooks,
      PodEvents events,
      InstantSource clock) {
    this.runtime = runtime;
    this.volumes = volumes;
    this.cgroups = cgroups;
    this.node = node;
    this.surroundings = surroundings;
    this.hooks = hooks;
    this.events = events;
    this.clock = clock;
  }

  /**
   * Makes the pod's volumes, or brings what is in them up to date with the API, which containers
   * that run see. Returns whether it worked.
   */
  boolean mount(Pod pod, PodMemory memory) {
    try {
      memory.mounted(volumes.prepare(pod), clock.instant());
      return true;
    } catch (VolumeException e) {
      events.warning(pod, "FailedMount", String.valueOf(e.getMessage()));
      return false;
    }
  }

  /** Makes the pod's cgroup and sandbox. Returns whether it worked. */
  boolean makeSandbox(Pod pod, int attempt) {
    try {
      runtime.startSandbox(sandbox(pod, attempt));
      return true;
    } catch (CriException | IOException e) {
      events.warning(
          pod, "FailedCreatePodSandBox", "Failed to create pod sandbox: " + e.getMessage());
      return false;
    }
  }

  /** Gets a container's image and starts it. Returns whether it worked. */
  boolean startContainer(
      Pod pod,
      PodState.Sandbox sandbox,
      NextSteps.Start start,
      Map<String, MountedVolume> mounted,
      PodMemory memory) {
    Container container = start.container();
    String name = String.valueOf(container.name());
    try {
      SandboxRequest request = sandbox(pod, sandbox.attempt());
      RuntimeEvents told = events.about(pod, container);
      String image =
          runtime.ensureImage(
              new ImageRequest(
                  request, container, PullSecrets.of(pod, surroundings.sources(pod), told)),
              told);
      if (memory.isEnding()) {
        return false;
      }
      PodFields.Placement placement = node.placement(sandbox.ips());
      Map<String, String> environment =
          new ContainerEnvironment(
                  pod, surroundings.sources(pod), placement, surroundings.services(pod))
              .of(container);
      String id =
          runtime.startContainer(
              new ContainerRequest(
                  request,
                  sandbox.id(),
                  sandbox.hostNetwork() ? node.ips() : sandbox.ips(),
                  container,
                  start.restartCount(),
                  image,
                  environment,
                  mounts(pod, mounted, container, environment),
                  null),
              told);
      memory.noLongerWaits(name);
      afterStart(pod, container, id, sandbox);
      return true;
    } catch (ImageException e) {
      memory.waits(name, new Waiting(e.reason().name(), String.valueOf(e.getMessage())));
    } catch (ContainerStartException e) {
      // Where the runtime refused, it told so by event; what never reached it is told here.
      memory.waits(name, new Waiting(e.reason().name(), String.valueOf(e.getMessage())));
      if (e.reason() == ContainerStartException.Reason.CreateContainerConfigError) {
        events.warning(pod, container, "Failed", "Error: " + e.getMessage());
      }
    } catch (VolumeException | ApiException | IOException e) {
      failed(pod, container, memory, "CreateContainerConfigError", String.valueOf(e.getMessage()));
    } catch (CriException e) {
      failed(pod, container, memory, "CreateContainerError", String.valueOf(e.getMessage()));
    }
    return false;
  }

  private void failed(
      Pod pod, Container container, PodMemory memory, String reason, String message) {
    memory.waits(String.valueOf(container.name()), new Waiting(reason, message));
    events.warning(pod, container, "Failed", "Error: " + message);
  }

  private void afterStart(Pod pod, Container container, String id, PodState.Sandbox sandbox) {
    Lifecycle lifecycle = container.lifecycle();
    LifecycleHandler handler = lifecycle == null ? null : lifecycle.postStart();
    if (handler == null) {
      return;
    }
    hooks
        .run(handler, id, container, podIp(sandbox), Limits.HOOK_TIMEOUT)
        .ifPresent(problem -> {
          events.warning(pod, container, "FailedPostStartHook", "PostStartHook failed: " + problem);
          runtime.stopContainer(id, grace(pod));
        });
  }

  /**
   * Runs the pre-stop hook and stops a container. Returns whether it worked.
   *
   * @param grace for both together
   */
  boolean stopContainer(Pod pod, NextSteps.Stop stop, String podIp, Duration grace) {
    Container container = stop.container();
    events.normal(pod, container, "Killing", stop.why());
    Duration left = grace;
    Lifecycle lifecycle = container.lifecycle();
    LifecycleHandler handler = lifecycle == null ? null : lifecycle.preStop();
    try {
      if (handler != null && grace.isPositive()) {
        left =
            grace.minus(hooks.runPreStop(pod, handler, stop.state().id(), container, podIp, grace));
        // Even after a hook that took all the time, the process gets a moment to end by itself.
        left = left.compareTo(Limits.LEAST_GRACE) < 0 ? Limits.LEAST_GRACE : left;
      }
      runtime.stopContainer(stop.state().id(), left);
      return true;
    } catch (CriException e) {
      events.warning(pod, container, "FailedKillPod", "error killing container: " + e.getMessage());
      return false;
    }
  }

  /** Takes a sandbox down, with its network. Returns whether it worked. */
  boolean stopSandbox(PodState.Sandbox sandbox) {
    try {
      runtime.stopSandbox(sandbox.id());
      return true;
    } catch (CriException e) {
      log.warn("event=sandbox-not-stopped sandbox={} error={}", sandbox.id(), e.getMessage());
      return false;
    }
  }

  /**
   * Removes all that is left of a pod that no longer runs.
   *
   * @return whether nothing is left
   */
  boolean removeAll(PodState state) {
    try {
      for (PodState.Sandbox sandbox : state.sandboxes()) {
        runtime.stopSandbox(sandbox.id());
        runtime.removeSandbox(sandbox.id());
      }
      for (ContainerState container : state.containers()) {
        runtime.removeContainer(container.id());
      }
      String uid = state.pod().uid();
      volumes.remove(uid);
      cgroups.remove(uid);
      surroundings.forget(uid);
      return true;
    } catch (CriException | IOException e) {
      log.warn(
          "event=pod-not-removed pod={} error={}", state.pod().namespacedName(), e.getMessage());
      return false;
    }
  }

  /** Removes containers that ended, but for the newest two of each name: this one and the last. */
  void removeOld(PodState state) {
    for (ContainerState container : state.containers()) {
      boolean old =
          state.containers().stream()
                  .filter(c -> c.name().equals(container.name()))
                  .takeWhile(c -> !c.equals(container))
                  .count()
              >= 2;
      if (old && container.life() instanceof ContainerState.Exited) {
        try {
          runtime.removeContainer(container.id());
        } catch (CriException e) {
          log.warn(
              "event=container-not-removed container={} error={}", container.id(), e.getMessage());
        }
      }
    }
  }

  private SandboxRequest sandbox(Pod pod, int attempt) throws IOException {
    return new SandboxRequest(
        pod,
        attempt,
        PodDns.of(pod, node.dns(), node.resolvConf()),
        node.dns().domain(),
        cgroups.create(pod),
        "",
        volumes.podDirectory(String.valueOf(pod.metadata().uid())));
  }

  private List<HostMount> mounts(
      Pod pod,
      Map<String, MountedVolume> mounted,
      Container container,
      Map<String, String> environment)
      throws VolumeException, IOException {
    List<HostMount> mounts = new ArrayList<>();
    for (VolumeMount mount : container.volumeMounts()) {
      MountedVolume volume = mounted.get(String.valueOf(mount.name()));
      if (volume == null) {
        throw new VolumeException("the pod has no volume named " + mount.name());
      }
      String part = subPath(mount, environment);
      mounts.add(
          new HostMount(
              String.valueOf(mount.mountPath()),
              part.isEmpty()
                  ? volume.path().toRealPath()
                  : volumes.part(
                      pod,
                      volume,
                      part,
                      List.of(
                          String.valueOf(mount.name()),
                          String.valueOf(container.name()),
                          String.valueOf(mounts.size()))),
              volume.readOnly() || Boolean.TRUE.equals(mount.readOnly()),
              switch (mount.mountPropagation() == null ? "None" : mount.mountPropagation()) {
                case "HostToContainer" -> HostMount.Propagation.HOST_TO_CONTAINER;
                case "Bidirectional" -> HostMount.Propagation.BIDIRECTIONAL;
                default -> HostMount.Propagation.PRIVATE;
              }));
    }
    return mounts;
  }

  private static String subPath(VolumeMount mount, Map<String, String> environment) {
    String expression = mount.subPathExpr();
    if (expression != null && !expression.isEmpty()) {
      return VariableExpansion.expand(expression, environment::get);
    }
    return mount.subPath() == null ? "" : mount.subPath();
  }

  /** The time that a pod's containers have to end. */
  static Duration grace(Pod pod) {
    Long deletion = pod.metadata().deletionGracePeriodSeconds();
    if (deletion != null) {
      return Duration.ofSeconds(deletion);
    }
    PodSpec spec = pod.spec();
    Long stated = spec == null ? null : spec.terminationGracePeriodSeconds();
    return Duration.ofSeconds(stated == null ? 30 : stated);
  }

  private String podIp(PodState.Sandbox sandbox) {
    List<String> ips = sandbox.hostNetwork() ? node.ips() : sandbox.ips();
    return ips.isEmpty() ? "" : ips.getFirst();
  }
}
