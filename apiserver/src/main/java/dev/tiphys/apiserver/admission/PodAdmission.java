package dev.tiphys.apiserver.admission;

import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.schema.ApiObject;
import org.jspecify.annotations.Nullable;

/** A plug-in that completes the spec of new Pods. */
abstract class PodAdmission implements Admission {

  /** The spec to be stored. */
  abstract PodSpec complete(Request request, Pod pod, PodSpec spec);

  @Override
  @SuppressWarnings("unchecked") // a Pod is given back for a Pod
  public final <T extends ApiObject> T mutate(Request request, T object, @Nullable T old) {
    if (request.operation() != Operation.CREATE
        || !request.subresource().isEmpty()
        || !(object instanceof Pod pod)
        || pod.spec() == null) {
      return object;
    }
    PodSpec spec = complete(request, pod, pod.spec());
    return spec == pod.spec() ? object : (T) pod.withSpec(spec);
  }
}
