package dev.tiphys.controllermanager.pod;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.ContainerStatus;
import dev.tiphys.api.core.v1.EphemeralVolumeSource;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.PodStatus;
import dev.tiphys.api.core.v1.Volume;
import dev.tiphys.controllermanager.common.Absent;
import java.util.List;

/**
 * A pod without what no control loop reads: a tenth of its size. Never to be written back; whoever
 * changes a pod patches it or reads it anew.
 */
public final class SlimPod {

  private SlimPod() {}

  /** The pod, slimmed. */
  public static Pod of(Pod pod) {
    return Pod.builder()
        .metadata(pod.metadata().withManagedFields(List.of()))
        .spec(pod.spec() == null ? null : spec(pod.spec()))
        .status(pod.status() == null ? null : status(pod.status()))
        .build();
  }

  private static PodSpec spec(PodSpec spec) {
    return PodSpec.builder()
        .nodeName(spec.nodeName())
        .hostname(spec.hostname())
        .subdomain(spec.subdomain())
        .tolerations(spec.tolerations())
        .volumes(claims(spec.volumes()))
        .containers(containers(spec.containers()))
        .initContainers(
            containers(
                spec.initContainers().stream()
                    .filter(each -> "Always".equals(each.restartPolicy()))
                    .toList()))
        .build();
  }

  private static List<Container> containers(List<Container> containers) {
    return containers.stream()
        .filter(each -> !each.ports().isEmpty())
        .map(each ->
            Container.builder().ports(each.ports()).restartPolicy(each.restartPolicy()).build())
        .toList();
  }

  private static List<Volume> claims(List<Volume> volumes) {
    return volumes.stream()
        .filter(each -> each.persistentVolumeClaim() != null || each.ephemeral() != null)
        .map(each ->
            Volume.builder()
                .name(each.name())
                .persistentVolumeClaim(each.persistentVolumeClaim())
                .ephemeral(each.ephemeral() == null ? null : EphemeralVolumeSource.EMPTY)
                .build())
        .toList();
  }

  private static PodStatus status(PodStatus status) {
    return PodStatus.builder()
        .phase(status.phase())
        .conditions(status.conditions())
        .podIP(status.podIP())
        .podIPs(status.podIPs())
        .containerStatuses(
            status.containerStatuses().stream()
                .filter(each -> Absent.zero(each.restartCount()) > 0)
                .map(each -> ContainerStatus.builder().restartCount(each.restartCount()).build())
                .toList())
        .build();
  }
}
