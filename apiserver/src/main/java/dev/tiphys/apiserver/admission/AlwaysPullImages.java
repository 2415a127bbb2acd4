package dev.tiphys.apiserver.admission;

import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.schema.ApiObject;
import org.jspecify.annotations.Nullable;

/**
 * Has every image pulled, or at least its owner asked, before a container starts: so that nobody
 * runs an image only because somebody else who may pull it has done so on that node.
 */
public final class AlwaysPullImages implements Admission {

  private static final String ALWAYS = "Always";

  @Override
  @SuppressWarnings("unchecked") // the same kind is given back
  public <T extends ApiObject> T mutate(Request request, T object, @Nullable T old) {
    boolean writes =
        request.operation() == Operation.CREATE || request.operation() == Operation.UPDATE;
    boolean wholeOrDebugged =
        request.subresource().isEmpty() || request.subresource().equals("ephemeralcontainers");
    if (writes && wholeOrDebugged && object instanceof Pod pod && pod.spec() != null) {
      return (T) pod.withSpec(pulled(pod.spec()));
    }
    return object;
  }

  private static PodSpec pulled(PodSpec spec) {
    return spec.toBuilder()
        .containers(spec.containers().stream().map(c -> c.withImagePullPolicy(ALWAYS)).toList())
        .initContainers(
            spec.initContainers().stream().map(c -> c.withImagePullPolicy(ALWAYS)).toList())
        .ephemeralContainers(
            spec.ephemeralContainers().stream().map(c -> c.withImagePullPolicy(ALWAYS)).toList())
        .volumes(
            spec.volumes().stream()
                .map(v -> v.image() == null ? v : v.withImage(v.image().withPullPolicy(ALWAYS)))
                .toList())
        .build();
  }
}
