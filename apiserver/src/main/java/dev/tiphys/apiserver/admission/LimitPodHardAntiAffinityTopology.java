package dev.tiphys.apiserver.admission;

import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodAffinityTerm;
import dev.tiphys.api.core.v1.PodAntiAffinity;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.apiserver.request.ApiException;
import org.jspecify.annotations.Nullable;

/** Pods may keep others from their node, but not from more than that. */
public final class LimitPodHardAntiAffinityTopology implements Admission {

  private static final String HOST = "kubernetes.io/hostname";

  @Override
  public void validate(Request request, @Nullable ApiObject object, @Nullable ApiObject old) {
    if (!(object instanceof Pod pod)
        || !request.subresource().isEmpty()
        || pod.spec() == null
        || pod.spec().affinity() == null) {
      return;
    }
    PodAntiAffinity apart = pod.spec().affinity().podAntiAffinity();
    if (apart == null) {
      return;
    }
    for (PodAffinityTerm term : apart.requiredDuringSchedulingIgnoredDuringExecution()) {
      if (!HOST.equals(term.topologyKey())) {
        throw ApiException.forbidden(
            "",
            "pods",
            request.name(),
            "affinity.PodAntiAffinity.RequiredDuringScheduling has TopologyKey "
                + term.topologyKey()
                + " but only key "
                + HOST
                + " is allowed");
      }
    }
  }
}
