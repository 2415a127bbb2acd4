package dev.tiphys.apiserver.strategy.core;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.Toleration;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.workload.PodAnnotations;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What an update of a pod may change: images, deadlines, further tolerations, gates taken off.
 * Pure.
 */
final class PodChanges {

  private static final Path SPEC = Path.of("spec");
  private static final String ALLOWED =
      "pod updates may not change fields other than"
          + " `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
          + "`spec.tolerations` (only additions to existing"
          + " tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was"
          + " previously negative)";

  private PodChanges() {}

  static void validate(Pod pod, Pod old, FieldErrors errors) {
    PodSpec spec = pod.spec() == null ? PodSpec.EMPTY : pod.spec();
    PodSpec before = old.spec() == null ? PodSpec.EMPTY : old.spec();
    checkContainers(spec.containers(), before.containers(), SPEC.child("containers"), errors);
    checkContainers(
        spec.initContainers(), before.initContainers(), SPEC.child("initContainers"), errors);
    checkDeadline(spec, before, errors);
    checkTolerations(spec.tolerations(), before.tolerations(), errors);
    checkGates(spec, before, errors);
    PodAnnotations.validateUpdate(
        pod.metadata().annotations(), old.metadata().annotations(), errors);
    PodSpec rest = withoutMutable(spec, before);
    if (!before.schedulingGates().isEmpty()) {
      rest = GatedPlacement.restore(rest, before, errors);
    }
    if (!rest.equals(before)) {
      errors.forbidden(SPEC, ALLOWED + "\n" + difference(rest, before));
    }
  }

  private static void checkGates(PodSpec spec, PodSpec before, FieldErrors errors) {
    for (int i = 0; i < spec.schedulingGates().size(); i++) {
      String name = spec.schedulingGates().get(i).name();
      boolean had =
          before.schedulingGates().stream().anyMatch(gate -> Objects.equals(gate.name(), name));
      if (!had) {
        errors.forbidden(
            SPEC.child("schedulingGates").index(i).child("name"),
            "only deletion is allowed, but found new scheduling gate '" + name + "'");
      }
    }
  }

  private static void checkContainers(
      List<Container> containers, List<Container> before, Path path, FieldErrors errors) {
    if (containers.size() != before.size()) {
      errors.forbidden(path, "pod updates may not add or remove containers");
      return;
    }
    for (int i = 0; i < containers.size(); i++) {
      String image = containers.get(i).image();
      if (image == null || image.isEmpty()) {
        errors.required(path.index(i).child("image"), "");
      }
    }
  }

  private static void checkDeadline(PodSpec spec, PodSpec before, FieldErrors errors) {
    Long deadline = spec.activeDeadlineSeconds();
    Long had = before.activeDeadlineSeconds();
    Path path = SPEC.child("activeDeadlineSeconds");
    if (had == null) {
      return;
    }
    if (deadline == null) {
      errors.invalid(path, null, "must not update from a positive integer to nil value");
    } else if (deadline > had) {
      errors.invalid(path, deadline, "must be less than or equal to previous value");
    }
  }

  private static void checkTolerations(
      List<Toleration> tolerations, List<Toleration> before, FieldErrors errors) {
    for (Toleration had : before) {
      boolean kept =
          tolerations.stream()
              .anyMatch(t -> t.withTolerationSeconds(null).equals(had.withTolerationSeconds(null)));
      if (!kept) {
        errors.forbidden(
            SPEC.child("tolerations"),
            "existing toleration can not be modified except its tolerationSeconds");
        return;
      }
    }
  }

  /** The spec with everything that may change put back to what it was. */
  private static PodSpec withoutMutable(PodSpec spec, PodSpec before) {
    Long grace = before.terminationGracePeriodSeconds();
    boolean graceMayChange =
        grace != null && grace < 0 && Long.valueOf(1).equals(spec.terminationGracePeriodSeconds());
    PodSpec.Builder restored =
        spec.toBuilder()
            .containers(withImages(spec.containers(), before.containers()))
            .initContainers(withImages(spec.initContainers(), before.initContainers()))
            .ephemeralContainers(before.ephemeralContainers())
            .activeDeadlineSeconds(before.activeDeadlineSeconds())
            .schedulingGates(before.schedulingGates())
            .tolerations(before.tolerations());
    if (graceMayChange) {
      restored.terminationGracePeriodSeconds(grace);
    }
    return restored.build();
  }

  private static List<Container> withImages(List<Container> containers, List<Container> before) {
    if (containers.size() != before.size()) {
      return before;
    }
    List<Container> restored = new ArrayList<>();
    for (int i = 0; i < containers.size(); i++) {
      restored.add(containers.get(i).withImage(before.get(i).image()));
    }
    return restored;
  }

  /** The names of the fields that differ, for whoever has to find what the update changed. */
  private static String difference(PodSpec spec, PodSpec before) {
    List<String> names = new ArrayList<>();
    PodSpec.TYPE
        .fields()
        .forEach(field -> {
          if (!Objects.equals(spec.get(field.index()), before.get(field.index()))) {
            names.add("spec." + field.name());
          }
        });
    return "changed: " + String.join(", ", names);
  }
}
