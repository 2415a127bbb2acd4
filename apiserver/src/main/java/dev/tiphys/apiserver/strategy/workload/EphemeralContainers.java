package dev.tiphys.apiserver.strategy.workload;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.EphemeralContainer;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.schema.Field;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Containers that are added to a pod to look into it, and what is wrong with them. Pure. */
final class EphemeralContainers {

  private static final String NOT_FOR_THEM = "cannot be set for an Ephemeral Container";

  /** What a pod's service rests on, which such a container is not. */
  private static final Set<String> ONLY_FOR_OTHERS =
      Set.of(
          "lifecycle",
          "livenessProbe",
          "ports",
          "readinessProbe",
          "resizePolicy",
          "restartPolicy",
          "restartPolicyRules",
          "startupProbe");

  private EphemeralContainers() {}

  /** The container with everything but whom it looks at. */
  static Container asContainer(EphemeralContainer container) {
    @Nullable Object[] values = new @Nullable Object[Container.TYPE.fields().size()];
    for (Field field : Container.TYPE.fields()) {
      Field same = EphemeralContainer.TYPE.field(field.name());
      values[field.index()] = same == null ? null : container.get(same.index());
    }
    return Container.TYPE.create(values);
  }

  static void validate(
      PodSpec spec, ContainerValidation.Surroundings pod, Path path, FieldErrors errors) {
    Set<String> others = new HashSet<>();
    Stream.concat(spec.containers().stream(), spec.initContainers().stream())
        .forEach(container -> others.add(String.valueOf(container.name())));
    Set<String> names = new HashSet<>(others);
    for (int i = 0; i < spec.ephemeralContainers().size(); i++) {
      EphemeralContainer container = spec.ephemeralContainers().get(i);
      Path at = path.index(i);
      new ContainerValidation(asContainer(container), at, pod, errors).validate();
      if (!names.add(String.valueOf(container.name()))) {
        errors.duplicate(at.child("name"), container.name());
      }
      String target = container.targetContainerName();
      if (target != null && !target.isEmpty() && !others.contains(target)) {
        errors.notFound(at.child("targetContainerName"), target);
      }
      forbid(container, at, errors);
    }
  }

  private static void forbid(EphemeralContainer container, Path at, FieldErrors errors) {
    for (Field field : EphemeralContainer.TYPE.fields()) {
      if (ONLY_FOR_OTHERS.contains(field.name()) && isSet(container.get(field.index()))) {
        errors.forbidden(at.child(field.name()), NOT_FOR_THEM);
      }
    }
    var resources = container.resources();
    if (resources != null && !(resources.limits().isEmpty() && resources.requests().isEmpty())) {
      errors.forbidden(at.child("resources"), NOT_FOR_THEM);
    }
    for (int i = 0; i < container.volumeMounts().size(); i++) {
      var mount = container.volumeMounts().get(i);
      Path where = at.child("volumeMounts").index(i);
      if (mount.subPath() != null && !mount.subPath().isEmpty()) {
        errors.forbidden(where.child("subPath"), NOT_FOR_THEM);
      }
      if (mount.subPathExpr() != null && !mount.subPathExpr().isEmpty()) {
        errors.forbidden(where.child("subPathExpr"), NOT_FOR_THEM);
      }
    }
  }

  private static boolean isSet(@Nullable Object value) {
    return value != null && !(value instanceof List<?> list && list.isEmpty());
  }
}
