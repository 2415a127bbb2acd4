package dev.tiphys.apiserver.admission;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.Namespace;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.strategy.ClusterView;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Holds the pods of a namespace to the level of the Pod Security Standards that its label {@code
 * pod-security.kubernetes.io/enforce} names; all of them to none if it has no such label.
 */
public final class PodSecurity implements Admission {

  private static final String ENFORCE = "pod-security.kubernetes.io/enforce";
  private static final String VERSION = ENFORCE + "-version";

  private final ClusterView view;

  /** Looks namespaces up in a view. */
  public PodSecurity(ClusterView view) {
    this.view = view;
  }

  @Override
  public void validate(Request request, @Nullable ApiObject object, @Nullable ApiObject old) {
    boolean writes =
        request.operation() == Operation.CREATE || request.operation() == Operation.UPDATE;
    boolean pods =
        request.subresource().isEmpty() || request.subresource().equals("ephemeralcontainers");
    if (!writes || !pods || !(object instanceof Pod pod)) {
      return;
    }
    PodSpec spec = Objects.requireNonNullElse(pod.spec(), PodSpec.EMPTY);
    if (old instanceof Pod before && spec.equals(before.spec())) {
      return;
    }
    Namespace namespace = view.get(Resources.NAMESPACES, "", request.namespace());
    Map<String, String> labels = namespace == null ? Map.of() : namespace.metadata().labels();
    String level = labels.getOrDefault(ENFORCE, "privileged");
    // As upstream: a level that nobody knows is the strictest.
    boolean known = List.of("privileged", "baseline", "restricted").contains(level);
    List<String> faults = PodSecurityLevels.faults(spec, known ? level : "restricted");
    if (!faults.isEmpty()) {
      String name = pod.metadata().name();
      throw ApiException.forbidden(
          "",
          "pods",
          name == null ? "" : name,
          "violates PodSecurity \""
              + (known ? level : "restricted")
              + ":"
              + labels.getOrDefault(VERSION, "latest")
              + "\": "
              + String.join(", ", faults));
    }
  }
}
