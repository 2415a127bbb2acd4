package dev.tiphys.kubelet.pod;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.ObjectFieldSelector;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodIP;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.PodStatus;
import dev.tiphys.api.core.v1.ResourceFieldSelector;
import dev.tiphys.kubelet.runtime.PodFields;
import dev.tiphys.kubelet.volume.DownwardFacts;
import dev.tiphys.kubelet.volume.VolumeException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The downward API for volumes: what {@link PodFields} knows, on this node. */
record PodFacts(NodeFacts node) implements DownwardFacts {

  @Override
  public String value(
      Pod pod, @Nullable ObjectFieldSelector field, @Nullable ResourceFieldSelector resource)
      throws VolumeException {
    PodStatus status = pod.status() == null ? PodStatus.EMPTY : pod.status();
    List<String> ips = status.podIPs().stream().map(PodIP::ip).map(String::valueOf).toList();
    PodFields.Placement placement = node.placement(ips);
    if (field != null) {
      String path = String.valueOf(field.fieldPath());
      return PodFields.field(pod, path, placement)
          .orElseThrow(() -> new VolumeException("unsupported fieldPath: " + path));
    }
    if (resource == null) {
      throw new VolumeException("a downward API file needs a fieldRef or a resourceFieldRef");
    }
    Container container = named(pod, String.valueOf(resource.containerName()));
    return PodFields.resource(container, resource, placement)
        .orElseThrow(
            () -> new VolumeException("unsupported container resource: " + resource.resource()));
  }

  private static Container named(Pod pod, String name) throws VolumeException {
    PodSpec spec = pod.spec() == null ? PodSpec.EMPTY : pod.spec();
    Optional<Container> found =
        Stream.concat(spec.containers().stream(), spec.initContainers().stream())
            .filter(container -> name.equals(container.name()))
            .findFirst();
    return found.orElseThrow(() -> new VolumeException("container " + name + " not found"));
  }
}
