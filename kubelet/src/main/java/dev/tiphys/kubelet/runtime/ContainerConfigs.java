package dev.tiphys.kubelet.runtime;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import com.google.protobuf.ByteString;
import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.ResourceRequirements;
import dev.tiphys.api.value.Quantity;
import dev.tiphys.cri.v1.ContainerConfig;
import dev.tiphys.cri.v1.ContainerMetadata;
import dev.tiphys.cri.v1.ImageSpec;
import dev.tiphys.cri.v1.KeyValue;
import dev.tiphys.cri.v1.LinuxContainerConfig;
import dev.tiphys.cri.v1.LinuxContainerResources;
import dev.tiphys.cri.v1.Mount;
import dev.tiphys.cri.v1.MountPropagation;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** From a container of a pod to the runtime's configuration of it. Pure functions. */
final class ContainerConfigs {
  static final String DEFAULT_TERMINATION_PATH = "/dev/termination-log";

  // How soon the kernel ends a process when memory runs out: -1000 never, 1000 first.
  private static final long GUARANTEED_OOM_SCORE = -997;
  private static final long BEST_EFFORT_OOM_SCORE = 1000;
  private static final int SYSTEM_CRITICAL_PRIORITY = 2_000_000_000;

  private ContainerConfigs() {}

  /**
   * The configuration.
   *
   * @param ownMounts those that every container gets, over the request's
   */
  static ContainerConfig of(
      ContainerRequest request,
      SecurityContexts.ImageUser imageUser,
      List<HostMount> ownMounts,
      boolean unifiedCgroups,
      RuntimeSettings settings) {
    Pod pod = request.sandbox().pod();
    PodSpec spec = requireNonNull(pod.spec());
    Container container = request.container();
    String name = requireNonNull(container.name());
    ContainerConfig.Builder config =
        ContainerConfig.newBuilder()
            .setMetadata(
                ContainerMetadata.newBuilder().setName(name).setAttempt(request.restartCount()))
            .setImage(
                ImageSpec.newBuilder()
                    .setImage(request.imageRef())
                    .setUserSpecifiedImage(requireNonNullElse(container.image(), "")))
            .addAllCommand(expanded(container.command(), request.environment()))
            .addAllArgs(expanded(container.args(), request.environment()))
            .setWorkingDir(requireNonNullElse(container.workingDir(), ""))
            .putAllLabels(labels(PodIdentity.of(pod), name))
            .putAllAnnotations(annotations(request, spec))
            .setLogPath(name + "/" + request.restartCount() + ".log")
            .setStdin(Boolean.TRUE.equals(container.stdin()))
            .setStdinOnce(Boolean.TRUE.equals(container.stdinOnce()))
            .setTty(Boolean.TRUE.equals(container.tty()))
            .setLinux(
                LinuxContainerConfig.newBuilder()
                    .setResources(resources(pod, container, unifiedCgroups, settings))
                    .setSecurityContext(
                        SecurityContexts.of(
                            spec, container, imageUser, request.targetContainerId(), settings)));
    request
        .environment()
        .forEach((key, value) ->
            config.addEnvs(
                KeyValue.newBuilder().setKey(key).setValue(ByteString.copyFromUtf8(value))));
    request.mounts().forEach(mount -> config.addMounts(mount(mount)));
    ownMounts.forEach(mount -> config.addMounts(mount(mount)));
    return config.build();
  }

  private static List<String> expanded(List<String> words, Map<String, String> environment) {
    return words.stream().map(word -> VariableExpansion.expand(word, environment::get)).toList();
  }

  private static Map<String, String> labels(PodIdentity pod, String container) {
    return Map.of(
        RuntimeLabels.POD_NAME, pod.name(),
        RuntimeLabels.POD_NAMESPACE, pod.namespace(),
        RuntimeLabels.POD_UID, pod.uid(),
        RuntimeLabels.CONTAINER_NAME, container);
  }

  private static Map<String, String> annotations(ContainerRequest request, PodSpec spec) {
    Container container = request.container();
    Map<String, String> annotations = new TreeMap<>();
    annotations.put(RuntimeLabels.HASH, ContainerHash.of(container));
    annotations.put(RuntimeLabels.RESTART_COUNT, Integer.toString(request.restartCount()));
    annotations.put(RuntimeLabels.TERMINATION_PATH, terminationPath(container));
    annotations.put(
        RuntimeLabels.TERMINATION_POLICY,
        requireNonNullElse(container.terminationMessagePolicy(), "File"));
    if (spec.terminationGracePeriodSeconds() != null) {
      annotations.put(RuntimeLabels.GRACE_PERIOD, spec.terminationGracePeriodSeconds().toString());
    }
    return annotations;
  }

  static String terminationPath(Container container) {
    String path = container.terminationMessagePath();
    return path == null || path.isEmpty() ? DEFAULT_TERMINATION_PATH : path;
  }

  private static Mount mount(HostMount mount) {
    return Mount.newBuilder()
        .setContainerPath(mount.containerPath())
        .setHostPath(mount.hostPath().toString())
        .setReadonly(mount.readOnly())
        .setPropagation(
            switch (mount.propagation()) {
              case PRIVATE -> MountPropagation.PROPAGATION_PRIVATE;
              case HOST_TO_CONTAINER -> MountPropagation.PROPAGATION_HOST_TO_CONTAINER;
              case BIDIRECTIONAL -> MountPropagation.PROPAGATION_BIDIRECTIONAL;
            })
        .build();
  }

  private static LinuxContainerResources resources(
      Pod pod, Container container, boolean unifiedCgroups, RuntimeSettings settings) {
    ResourceRequirements wanted = QosClass.resources(container);
    long limit = PodResources.milli(wanted.limits(), "cpu", Map.of());
    LinuxContainerResources.Builder resources =
        LinuxContainerResources.newBuilder()
            .setCpuShares(
                PodResources.sharesOf(
                    PodResources.milli(wanted.requests(), "cpu", wanted.limits())))
            .setMemoryLimitInBytes(wanted.limits().getOrDefault("memory", Quantity.ZERO).value())
            .setOomScoreAdj(oomScore(pod, wanted, settings.nodeMemoryBytes()));
    if (settings.cpuQuota()) {
      resources
          .setCpuPeriod(PodResources.CPU_PERIOD_MICROS)
          .setCpuQuota(PodResources.quotaOf(limit));
    }
    if (unifiedCgroups) {
      resources.putUnified("memory.oom.group", "1");
    }
    return resources.build();
  }

  /** By the documented rule: the larger the part of the node it asked for, the later it goes. */
  static long oomScore(Pod pod, ResourceRequirements wanted, long nodeMemoryBytes) {
    Integer priority = requireNonNull(pod.spec()).priority();
    if (priority != null && priority >= SYSTEM_CRITICAL_PRIORITY) {
      return GUARANTEED_OOM_SCORE;
    }
    return switch (QosClass.of(pod)) {
      case Guaranteed -> GUARANTEED_OOM_SCORE;
      case BestEffort -> BEST_EFFORT_OOM_SCORE;
      case Burstable -> {
        long requested =
            wanted
                .requests()
                .getOrDefault("memory", wanted.limits().getOrDefault("memory", Quantity.ZERO))
                .value();
        long score =
            BEST_EFFORT_OOM_SCORE
                - BEST_EFFORT_OOM_SCORE * requested / Math.max(nodeMemoryBytes, 1);
        // Between the other two classes, whatever was asked for.
        yield Math.clamp(
            score, BEST_EFFORT_OOM_SCORE + GUARANTEED_OOM_SCORE, BEST_EFFORT_OOM_SCORE - 1);
      }
    };
  }
}
