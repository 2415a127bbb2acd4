package dev.tiphys.apiserver.admission;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.scheduling.v1.PriorityClass;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.strategy.ClusterView;
import dev.tiphys.apiserver.strategy.scheduling.ClassRules;
import java.util.Comparator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Turns a Pod's priority class into a number, and keeps one class at most the default. */
public final class PriorityAdmission extends PodAdmission {

  private static final String DEFAULT_POLICY = "PreemptLowerPriority";

  private final ClusterView view;

  /** Looks classes up in a view. */
  public PriorityAdmission(ClusterView view) {
    this.view = view;
  }

  @Override
  PodSpec complete(Request request, Pod pod, PodSpec spec) {
    String name = spec.priorityClassName();
    PriorityClass found = name == null || name.isEmpty() ? standard() : named(pod, name);
    int priority = found == null ? 0 : Objects.requireNonNullElse(found.value(), 0);
    if (spec.priority() != null && spec.priority() != priority) {
      throw refused(
          pod,
          "the integer value of priority ("
              + spec.priority()
              + ") must not be provided in pod spec; priority admission controller computed "
              + priority
              + " from the given PriorityClass name");
    }
    String policy =
        found == null || found.preemptionPolicy() == null
            ? DEFAULT_POLICY
            : found.preemptionPolicy();
    if (spec.preemptionPolicy() != null && !spec.preemptionPolicy().equals(policy)) {
      throw refused(
          pod,
          "the string value of PreemptionPolicy ("
              + spec.preemptionPolicy()
              + ") must not be provided in pod spec; priority admission controller computed "
              + policy
              + " from the given PriorityClass name");
    }
    return spec.toBuilder()
        .priority(priority)
        .preemptionPolicy(policy)
        .priorityClassName(found == null ? name : found.metadata().name())
        .build();
  }

  private PriorityClass named(Pod pod, String name) {
    PriorityClass found = view.getFresh(Resources.PRIORITY_CLASSES, "", name);
    if (found != null) {
      return found;
    }
    Integer system = ClassRules.SYSTEM.get(name);
    if (system == null) {
      throw refused(pod, "no PriorityClass with name " + name + " was found");
    }
    // The first pods may come before the classes are made.
    return PriorityClass.builder()
        .metadata(dev.tiphys.api.meta.v1.ObjectMeta.builder().name(name).build())
        .value(system)
        .build();
  }

  /** The default class; the least of several, should there be more for a moment. */
  private @Nullable PriorityClass standard() {
    return view.list(Resources.PRIORITY_CLASSES, "").stream()
        .filter(c -> Boolean.TRUE.equals(c.globalDefault()))
        .min(Comparator.comparingInt(c -> Objects.requireNonNullElse(c.value(), 0)))
        .orElse(null);
  }

  @Override
  public void validate(Request request, @Nullable ApiObject object, @Nullable ApiObject old) {
    if (!request.writes()
        || !(object instanceof PriorityClass made)
        || !Boolean.TRUE.equals(made.globalDefault())) {
      return;
    }
    for (PriorityClass other : view.listFresh(Resources.PRIORITY_CLASSES, "")) {
      if (Boolean.TRUE.equals(other.globalDefault())
          && !Objects.equals(other.metadata().name(), made.metadata().name())) {
        throw ApiException.forbidden(
            "scheduling.k8s.io",
            "priorityclasses",
            String.valueOf(made.metadata().name()),
            "PriorityClass "
                + other.metadata().name()
                + " is already marked as default. Only one default can exist");
      }
    }
  }

  private static ApiException refused(Pod pod, String why) {
    String name = pod.metadata().name();
    return ApiException.forbidden("", "pods", name == null ? "" : name, why);
  }
}
