package dev.tiphys.apiserver.admission;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.Toleration;
import dev.tiphys.api.schema.ApiObject;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Pods that ask for an extended resource tolerate nodes that are kept for it. */
public final class ExtendedResourceToleration implements Admission {

  @Override
  @SuppressWarnings("unchecked") // a Pod is given back for a Pod
  public <T extends ApiObject> T mutate(Request request, T object, @Nullable T old) {
    if (!request.subresource().isEmpty()
        || !(object instanceof Pod pod)
        || pod.spec() == null
        || (request.operation() != Operation.CREATE && request.operation() != Operation.UPDATE)) {
      return object;
    }
    PodSpec spec = pod.spec();
    List<Toleration> tolerations = new ArrayList<>(spec.tolerations());
    for (String resource : extended(spec)) {
      Toleration wanted =
          Toleration.builder().key(resource).operator("Exists").effect("NoSchedule").build();
      if (!tolerations.contains(wanted)) {
        tolerations.add(wanted);
      }
    }
    return tolerations.size() == spec.tolerations().size()
        ? object
        : (T) pod.withSpec(spec.withTolerations(tolerations));
  }

  private static SortedSet<String> extended(PodSpec spec) {
    SortedSet<String> names = new TreeSet<>();
    Stream.concat(spec.containers().stream(), spec.initContainers().stream())
        .map(Container::resources)
        .forEach(resources -> {
          if (resources != null) {
            resources.requests().keySet().stream()
                .filter(ExtendedResourceToleration::isExtended)
                .forEach(names::add);
          }
        });
    return names;
  }

  /** A name with a domain that is not Kubernetes' own. */
  private static boolean isExtended(String name) {
    return name.contains("/") && !name.contains("kubernetes.io/") && !name.startsWith("requests.");
  }
}
