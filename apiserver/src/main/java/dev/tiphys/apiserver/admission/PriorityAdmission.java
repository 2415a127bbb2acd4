package dev.tiphys.apiserver.admission;

import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.apiserver.request.ApiException;
import java.util.Map;

/** Turns a Pod's priority class into a number. Only the two built-in classes are known as yet. */
public final class PriorityAdmission extends PodAdmission {

  private static final Map<String, Integer> CLASSES =
      Map.of("system-cluster-critical", 2_000_000_000, "system-node-critical", 2_000_001_000);

  @Override
  PodSpec complete(Request request, Pod pod, PodSpec spec) {
    String name = spec.priorityClassName();
    int priority = 0;
    if (name != null && !name.isEmpty()) {
      Integer known = CLASSES.get(name);
      if (known == null) {
        throw refused(pod, "no PriorityClass with name " + name + " was found");
      }
      priority = known;
    }
    if (spec.priority() != null && spec.priority() != priority) {
      throw refused(
          pod,
          "the integer value of priority ("
              + spec.priority()
              + ") must not be provided in pod spec; priority admission controller computed "
              + priority
              + " from the given PriorityClass name");
    }
    return spec.toBuilder()
        .priority(priority)
        .preemptionPolicy(
            spec.preemptionPolicy() == null ? "PreemptLowerPriority" : spec.preemptionPolicy())
        .build();
  }

  private static ApiException refused(Pod pod, String why) {
    String name = pod.metadata().name();
    return ApiException.forbidden("", "pods", name == null ? "" : name, why);
  }
}
