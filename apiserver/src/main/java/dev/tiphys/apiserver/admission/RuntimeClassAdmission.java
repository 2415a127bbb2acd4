package dev.tiphys.apiserver.admission;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.Toleration;
import dev.tiphys.api.node.v1.RuntimeClass;
import dev.tiphys.api.node.v1.Scheduling;
import dev.tiphys.api.value.Quantity;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.strategy.ClusterView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A pod that names a runtime class has its overhead, and goes where it is to be found. */
public final class RuntimeClassAdmission extends PodAdmission {

  private final ClusterView view;

  /** Looks classes up in a view. */
  public RuntimeClassAdmission(ClusterView view) {
    this.view = view;
  }

  @Override
  PodSpec complete(Request request, Pod pod, PodSpec spec) {
    String name = spec.runtimeClassName();
    RuntimeClass found = name == null || name.isEmpty() ? null : named(pod, name);
    Map<String, Quantity> overhead =
        found == null || found.overhead() == null ? Map.of() : found.overhead().podFixed();
    if (overhead.isEmpty()) {
      if (!spec.overhead().isEmpty()) {
        throw refused(pod, "Pod Overhead set without corresponding RuntimeClass defined Overhead");
      }
    } else if (!spec.overhead().isEmpty() && !spec.overhead().equals(overhead)) {
      throw refused(pod, "Pod's Overhead doesn't match RuntimeClass's defined Overhead");
    }
    PodSpec charged = overhead.isEmpty() ? spec : spec.withOverhead(overhead);
    Scheduling scheduling = found == null ? null : found.scheduling();
    return scheduling == null ? charged : placed(pod, charged, scheduling);
  }

  private static PodSpec placed(Pod pod, PodSpec spec, Scheduling scheduling) {
    Map<String, String> selector = new LinkedHashMap<>(scheduling.nodeSelector());
    spec.nodeSelector()
        .forEach((key, value) -> {
          String wanted = selector.put(key, value);
          if (wanted != null && !wanted.equals(value)) {
            throw refused(
                pod,
                "conflict: runtimeClass.scheduling.nodeSelector["
                    + key
                    + "] = "
                    + wanted
                    + "; pod.spec.nodeSelector["
                    + key
                    + "] = "
                    + value);
          }
        });
    List<Toleration> tolerations = new ArrayList<>(spec.tolerations());
    scheduling.tolerations().stream()
        .filter(toleration -> !tolerations.contains(toleration))
        .forEach(tolerations::add);
    return spec.withNodeSelector(selector).withTolerations(tolerations);
  }

  private RuntimeClass named(Pod pod, String name) {
    @Nullable RuntimeClass cached = view.get(Resources.RUNTIME_CLASSES, "", name);
    RuntimeClass found =
        cached == null ? view.getFresh(Resources.RUNTIME_CLASSES, "", name) : cached;
    if (found == null) {
      throw refused(pod, "pod rejected: RuntimeClass \"" + name + "\" not found");
    }
    return found;
  }

  private static ApiException refused(Pod pod, String why) {
    String name = pod.metadata().name();
    return ApiException.forbidden("", "pods", name == null ? "" : name, why);
  }
}
