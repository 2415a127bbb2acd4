package dev.tiphys.kubelet.pod;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.PodStatus;
import dev.tiphys.client.controller.Reconciler;
import dev.tiphys.client.controller.WorkQueue;
import dev.tiphys.client.environment.Environment;
import dev.tiphys.client.informer.Lister;
import dev.tiphys.cri.CriException;
import dev.tiphys.kubelet.probe.ProbeKind;
import dev.tiphys.kubelet.probe.Probers;
import dev.tiphys.kubelet.probe.Target;
import dev.tiphys.kubelet.runtime.ContainerRuntime;
import dev.tiphys.kubelet.runtime.ContainerState;
import dev.tiphys.kubelet.runtime.PodIdentity;
import dev.tiphys.kubelet.runtime.PodState;
import dev.tiphys.kubelet.volume.MountedVolume;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one pod on this node to where it should be: looks at the pod and at what runs, has the
 * next steps planned, sets them going, and reports. It does not wait for a step: a step that ends
 * has the pod looked at again, so that a deletion is never stuck behind an image that is being
 * pulled.
 *
 * <p>Thread-safe; never called for one pod by two tasks at once.
 */
final class PodReconciler implements Reconciler<PodIdentity> {

  private static final Logger log = LoggerFactory.getLogger(PodReconciler.class);

  private final Lister<Pod> pods;
  private final ContainerRuntime runtime;
  private final Probers probers;
  private final PodWork work;
  private final StatusWriter writer;
  private final PodStatuses statuses;
  private final NodeFacts node;
  private final Environment environment;
  private final WorkQueue<PodIdentity> queue;
  private final Map<PodIdentity, PodMemory> memories = new ConcurrentHashMap<>();
  private final Health health;

  PodReconciler(
      Lister<Pod> pods,
      ContainerRuntime runtime,
      Probers probers,
      PodWork work,
      StatusWriter writer,
      PodStatuses statuses,
      NodeFacts node,
      Environment environment,
      WorkQueue<PodIdentity> queue) {
    this.pods = pods;
    this.runtime = runtime;
    this.probers = probers;
    this.work = work;
    this.writer = writer;
    this.statuses = statuses;
    this.node = node;
    this.environment = environment;
    this.queue = queue;
    this.health = new ProbeHealth(probers);
  }

  /**
   * What there was of a pod when it was looked at.
   *
   * @param asOf how much work for the pod had ended before that
   */
  private record Look(PodState state, PodMemory memory, long asOf) {
    PodIdentity key() {
      return state.pod();
    }
  }

  @Override
  public Result reconcile(PodIdentity key) {
    Pod pod = pods.get(key.namespace(), key.name());
    if (pod != null && !key.uid().equals(pod.metadata().uid())) {
      pod = null;
    }
    PodMemory memory = memories.computeIfAbsent(key, _ -> new PodMemory());
    Look look;
    try {
      long asOf = memory.ended();
      look = new Look(runtime.pod(key), memory, asOf);
    } catch (CriException e) {
      log.warn("event=runtime-away pod={} error={}", key.namespacedName(), e.getMessage());
      return Result.after(Limits.RETRY);
    }
    if (pod == null) {
      return forgotten(look);
    }
    memory.saw(pod);
    checkDeadline(pod, memory);
    if (pod.metadata().deletionTimestamp() != null) {
      return ending(pod, look, true);
    }
    if (memory.failure() != null || hasEnded(pod)) {
      return ending(pod, look, false);
    }
    return running(pod, look);
  }

  // A pod that should run

  private Result running(Pod pod, Look look) {
    PodState state = look.state();
    PodMemory memory = look.memory();
    watchProbes(pod, look);
    Instant now = environment.clock().instant();
    NextSteps steps = Planner.plan(pod, state, health, now);
    PodStatus status = report(pod, state, memory);
    for (NextSteps.Stop stop : steps.stops()) {
      begin(look, "stop:" + stop.state().id(), () -> stop(pod, stop, state));
    }
    for (PodState.Sandbox sandbox : steps.stopSandboxes()) {
      if (sandbox.ready() && steps.stops().isEmpty()) {
        begin(look, "stop:" + sandbox.id(), () -> work.stopSandbox(sandbox));
      }
    }
    // Both write volumes: under one name they never overlap.
    if (steps.newSandbox().isPresent()) {
      int attempt = steps.newSandbox().get();
      begin(look, "sandbox", () -> work.mount(pod, memory) && work.makeSandbox(pod, attempt));
    } else if (memory.wantsVolumes(now)) {
      begin(look, "sandbox", () -> work.mount(pod, memory));
    }
    Map<String, MountedVolume> volumes = memory.volumes();
    if (volumes != null) {
      for (NextSteps.Start start : steps.starts()) {
        PodState.Sandbox sandbox = state.readySandbox().orElseThrow();
        begin(
            look,
            "start:" + start.container().name(),
            () -> work.startContainer(pod, sandbox, start, volumes, memory));
      }
    }
    if (steps.starts().isEmpty() && steps.stops().isEmpty() && state.readySandbox().isPresent()) {
      work.removeOld(state);
    }
    log.debug(
        "event=pod-looked-at pod={} phase={} steps={}",
        look.key().namespacedName(),
        status.phase(),
        steps);
    Duration resync = steps.lookAgain().orElse(Limits.RESYNC);
    return Result.after(resync.compareTo(Limits.RESYNC) < 0 ? resync : Limits.RESYNC);
  }

  private boolean stop(Pod pod, NextSteps.Stop stop, PodState state) {
    return work.stopContainer(pod, stop, podIp(state), PodWork.grace(pod));
  }

  private void watchProbes(Pod pod, Look look) {
    PodIdentity key = look.key();
    PodState state = look.state();
    Set<String> running =
        state.containers().stream()
            .filter(c -> c.life() instanceof ContainerState.Running)
            .map(ContainerState::id)
            .collect(Collectors.toSet());
    probers.keepOnly(key, running);
    for (Container container : containers(pod)) {
      state
          .container(String.valueOf(container.name()))
          .ifPresent(c -> {
            if (c.life() instanceof ContainerState.Running(Instant startedAt)) {
              probers.watch(
                  key,
                  new Target(c.id(), container, podIp(state)),
                  startedAt,
                  ContainerStatuses.passedProbes(pod, c.id()));
            }
          });
    }
  }

  // A pod that must end

  private Result ending(Pod pod, Look look, boolean deleted) {
    PodState state = look.state();
    PodMemory memory = look.memory();
    memory.end();
    probers.keepOnly(look.key(), Set.of());
    boolean stopping = stopAll(pod, look, remainingGrace(pod));
    report(pod, state, memory);
    if (stopping || !memory.isIdle()) {
      return Result.DONE;
    }
    for (PodState.Sandbox sandbox : state.sandboxes()) {
      if (sandbox.ready()) {
        begin(look, "stop:" + sandbox.id(), () -> work.stopSandbox(sandbox));
      }
    }
    if (deleted && memory.isIdle()) {
      // The API forgets the pod only when nothing of it runs; its files go when it has.
      begin(look, "delete", () -> writer.deleteAfterLastStatus(pod));
    }
    return Result.after(Limits.RESYNC);
  }

  /** The API knows nothing of the pod any more: whatever is left of it goes. */
  private Result forgotten(Look look) {
    PodIdentity key = look.key();
    PodMemory memory = look.memory();
    memory.end();
    probers.keepOnly(key, Set.of());
    Pod last = memory.lastKnown();
    Pod pod = last == null ? Stranger.named(key) : last;
    // Whoever took the pod out of the API by force asked not to wait.
    if (stopAll(pod, look, Limits.LEAST_GRACE) || !memory.isIdle()) {
      return Result.DONE;
    }
    if (!work.removeAll(look.state())) {
      return Result.after(Limits.RETRY);
    }
    writer.forget(key);
    memories.remove(key);
    log.info("event=pod-removed pod={} uid={}", key.namespacedName(), key.uid());
    return Result.DONE;
  }

  private boolean stopAll(Pod pod, Look look, Duration grace) {
    PodState state = look.state();
    boolean stopping = false;
    for (ContainerState container : state.containers()) {
      if (container.life() instanceof ContainerState.Running
          || container.life() instanceof ContainerState.Unknown) {
        stopping = true;
        Container spec = spec(pod, container.name());
        NextSteps.Stop stop =
            new NextSteps.Stop(container, spec, "Stopping container " + container.name());
        begin(
            look,
            "stop:" + container.id(),
            () -> work.stopContainer(pod, stop, podIp(state), grace));
      }
    }
    return stopping;
  }

  private Duration remainingGrace(Pod pod) {
    Duration grace = PodWork.grace(pod);
    Instant deadline = pod.metadata().deletionTimestamp();
    if (deadline == null) {
      return grace;
    }
    Duration left = Duration.between(environment.clock().instant(), deadline);
    if (left.compareTo(grace) > 0 || grace.isZero()) {
      return grace;
    }
    return left.compareTo(Limits.LEAST_GRACE) < 0 ? Limits.LEAST_GRACE : left;
  }

  private void checkDeadline(Pod pod, PodMemory memory) {
    Long seconds = pod.spec() == null ? null : pod.spec().activeDeadlineSeconds();
    Instant started = pod.status() == null ? null : pod.status().startTime();
    if (seconds == null || started == null || hasEnded(pod)) {
      return;
    }
    Duration left = Duration.between(environment.clock().instant(), started.plusSeconds(seconds));
    if (left.isPositive()) {
      queue.addAfter(PodIdentity.of(pod), left);
    } else {
      memory.fail(
          new Waiting(
              "DeadlineExceeded", "Pod was active on the node longer than the specified deadline"));
    }
  }

  // Both

  private PodStatus report(Pod pod, PodState state, PodMemory memory) {
    PodStatus status =
        statuses.of(
            pod, state, health, memory.waits(), memory.failure(), environment.clock().instant());
    writer.write(pod, status);
    return status;
  }

  /**
   * Sets a piece of work going unless it is under way, and looks at the pod again when it ends. One
   * that failed is not tried again at once.
   *
   * @param piece tells whether it worked
   */
  private void begin(Look look, String name, BooleanSupplier piece) {
    PodMemory memory = look.memory();
    if (!memory.begin(name, look.asOf(), environment.clock().instant())) {
      return;
    }
    environment.execute(
        "pod-" + name,
        () -> {
          boolean worked = false;
          try {
            worked = piece.getAsBoolean();
          } finally {
            if (worked) {
              memory.succeeded(name);
            } else {
              queue.addAfter(look.key(), memory.failed(name, environment.clock().instant()));
            }
            queue.add(look.key());
          }
        });
  }

  private String podIp(PodState state) {
    List<String> ips =
        state
            .readySandbox()
            .map(sandbox -> sandbox.hostNetwork() ? node.ips() : sandbox.ips())
            .orElse(List.of());
    return ips.isEmpty() ? "" : ips.getFirst();
  }

  private static boolean hasEnded(Pod pod) {
    String phase = pod.status() == null ? null : pod.status().phase();
    return "Succeeded".equals(phase) || "Failed".equals(phase);
  }

  private static List<Container> containers(Pod pod) {
    PodSpec spec = pod.spec() == null ? PodSpec.EMPTY : pod.spec();
    List<Container> all = new ArrayList<>(spec.initContainers());
    all.addAll(spec.containers());
    return all;
  }

  private static Container spec(Pod pod, String name) {
    for (Container container : containers(pod)) {
      if (name.equals(container.name())) {
        return container;
      }
    }
    return Container.builder().name(name).build();
  }

  /** Hears from probers; a verdict has the pod looked at. */
  private record ProbeHealth(Probers probers) implements Health {
    @Override
    public boolean isStarted(String containerId, Container container) {
      return probers.isStarted(containerId, container);
    }

    @Override
    public boolean isReady(String containerId, Container container) {
      return probers.isReady(containerId, container);
    }

    @Override
    public @Nullable ProbeKind failed(String containerId) {
      return probers.failed(containerId);
    }
  }
}
