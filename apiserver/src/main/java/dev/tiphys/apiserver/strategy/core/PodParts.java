package dev.tiphys.apiserver.strategy.core;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.EphemeralContainer;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodOS;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.ResourceRequirements;
import dev.tiphys.api.merge.FieldSet;
import dev.tiphys.api.usage.QosClass;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.api.value.Quantity;
import dev.tiphys.apiserver.strategy.PartRules;
import dev.tiphys.apiserver.strategy.workload.PodAnnotations;
import dev.tiphys.apiserver.strategy.workload.PodSpecValidation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a pod's subresources that write a part of it: {@code ephemeralcontainers}, which
 * only become more, and {@code resize}, which changes how much CPU and memory containers may use.
 * Pure.
 */
final class PodParts {

  static final PartRules<Pod> EPHEMERAL =
      new PartRules<>(PodParts::keepEphemeral, PodParts::checkEphemeral, FieldSet.of("status"));

  static final PartRules<Pod> RESIZE =
      new PartRules<>(PodParts::keepResources, PodParts::checkResize, FieldSet.of("status"));

  private static final Path SPEC = Path.of("spec");
  private static final Set<String> RESIZABLE = Set.of("cpu", "memory");

  private PodParts() {}

  private static PodSpec in(Pod pod) {
    return Objects.requireNonNullElse(pod.spec(), PodSpec.EMPTY);
  }

  private static Pod keepEphemeral(Pod pod, Pod old) {
    return old.withMetadata(pod.metadata())
        .withSpec(in(old).withEphemeralContainers(in(pod).ephemeralContainers()));
  }

  private static void checkEphemeral(Pod pod, Pod old, FieldErrors errors) {
    if (old.metadata().annotations().containsKey(PodAnnotations.MIRROR)) {
      errors.forbidden(Path.ROOT, "static pods do not support ephemeral containers");
      return;
    }
    PodSpecValidation.validatePod(pod, errors);
    Path path = SPEC.child("ephemeralContainers");
    List<EphemeralContainer> containers = in(pod).ephemeralContainers();
    for (EphemeralContainer had : in(old).ephemeralContainers()) {
      EphemeralContainer now =
          containers.stream()
              .filter(c -> Objects.equals(c.name(), had.name()))
              .findFirst()
              .orElse(null);
      if (now == null) {
        errors.forbidden(
            path, "existing ephemeral containers \"" + had.name() + "\" may not be removed\n");
      } else if (!now.equals(had)) {
        errors.forbidden(
            path, "existing ephemeral containers \"" + had.name() + "\" may not be changed\n");
      }
    }
  }

  private static Pod keepResources(Pod pod, Pod old) {
    PodSpec wanted = in(pod);
    PodSpec had = in(old);
    return old.withMetadata(pod.metadata())
        .withSpec(
            had.toBuilder()
                .containers(resized(wanted.containers(), had.containers()))
                .initContainers(resized(wanted.initContainers(), had.initContainers()))
                .build());
  }

  private static List<Container> resized(List<Container> wanted, List<Container> had) {
    List<Container> resized = new ArrayList<>();
    for (Container container : had) {
      Container same =
          wanted.stream()
              .filter(c -> Objects.equals(c.name(), container.name()))
              .findFirst()
              .orElse(container);
      resized.add(
          container.toBuilder()
              .resources(same.resources())
              .resizePolicy(same.resizePolicy())
              .build());
    }
    return resized;
  }

  private static void checkResize(Pod pod, Pod old, FieldErrors errors) {
    if (old.metadata().annotations().containsKey(PodAnnotations.MIRROR)) {
      errors.forbidden(Path.ROOT, "static pods cannot be resized");
      return;
    }
    PodOS system = in(old).os();
    if (system != null && "windows".equals(system.name())) {
      errors.forbidden(Path.ROOT, "windows pods cannot be resized");
      return;
    }
    if (!QosClass.of(in(pod)).equals(QosClass.of(in(old)))) {
      errors.invalid(
          SPEC, QosClass.of(in(pod)), "Pod QOS Class may not change as a result of resizing");
    }
    checkResources(in(pod).containers(), in(old).containers(), "containers", errors);
    checkResources(in(pod).initContainers(), in(old).initContainers(), "initContainers", errors);
    PodSpecValidation.validatePod(pod, errors);
  }

  private static void checkResources(
      List<Container> containers, List<Container> old, String field, FieldErrors errors) {
    for (int i = 0; i < Math.min(containers.size(), old.size()); i++) {
      Path path = SPEC.child(field).index(i);
      if (!containers.get(i).resizePolicy().equals(old.get(i).resizePolicy())) {
        errors.forbidden(path.child("resizePolicy"), "resizePolicy is immutable");
      }
      ResourceRequirements now = of(containers.get(i).resources());
      ResourceRequirements had = of(old.get(i).resources());
      Path where = path.child("resources");
      if (!now.requests().keySet().containsAll(had.requests().keySet())) {
        errors.forbidden(where.child("requests"), "resource requests cannot be removed");
      }
      if (!now.limits().keySet().containsAll(had.limits().keySet())) {
        errors.forbidden(where.child("limits"), "resource limits cannot be removed");
      }
      boolean others =
          !without(now.limits()).equals(without(had.limits()))
              || !without(now.requests()).equals(without(had.requests()))
              || !now.claims().equals(had.claims());
      if (others) {
        errors.forbidden(SPEC, "only cpu and memory resources are mutable");
      }
      boolean sidecar = "Always".equals(old.get(i).restartPolicy());
      if (field.equals("initContainers") && !sidecar && !now.equals(had)) {
        errors.forbidden(path, "resources for non-sidecar init containers are immutable");
      }
    }
  }

  private static ResourceRequirements of(@Nullable ResourceRequirements resources) {
    return Objects.requireNonNullElse(resources, ResourceRequirements.EMPTY);
  }

  private static Map<String, ?> without(Map<String, Quantity> amounts) {
    Map<String, Object> rest = new HashMap<>(amounts);
    rest.keySet().removeAll(RESIZABLE);
    return rest;
  }
}
