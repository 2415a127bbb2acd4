package dev.tiphys.apiserver.strategy.workload;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.Volume;
import dev.tiphys.api.core.v1.VolumeDevice;
import dev.tiphys.api.core.v1.VolumeMount;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.LocalPaths;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is wrong with where a container sees volumes: as directories, or as block devices. Pure. */
final class MountValidation {

  private static final List<String> PROPAGATIONS =
      List.of("Bidirectional", "HostToContainer", "None");
  private static final List<String> RECURSIVE = List.of("Disabled", "Enabled", "IfPossible");
  private static final String ONLY_ONCE = "must be unique";

  private MountValidation() {}

  static void validate(
      Container container, Map<String, Volume> volumes, Path path, FieldErrors errors) {
    if (!container.volumeMounts().isEmpty()) {
      validateMounts(container, volumes, path.child("volumeMounts"), errors);
    }
    if (!container.volumeDevices().isEmpty()) {
      validateDevices(container, volumes, path.child("volumeDevices"), errors);
    }
  }

  private static void validateMounts(
      Container container, Map<String, Volume> volumes, Path path, FieldErrors errors) {
    Set<String> paths = new HashSet<>();
    for (int i = 0; i < container.volumeMounts().size(); i++) {
      VolumeMount mount = container.volumeMounts().get(i);
      Path at = path.index(i);
      String name = mount.name() == null ? "" : mount.name();
      Volume volume = volumes.get(name);
      if (Checks.present(name, at.child("name"), errors) && volume == null) {
        errors.notFound(at.child("name"), name);
      }
      String target = mount.mountPath() == null ? "" : mount.mountPath();
      if (Checks.present(target, at.child("mountPath"), errors) && !paths.add(target)) {
        errors.invalid(at.child("mountPath"), target, ONLY_ONCE);
      }
      for (VolumeDevice device : container.volumeDevices()) {
        if (name.equals(device.name())) {
          errors.invalid(at.child("name"), name, "must not already exist in volumeDevices");
        }
        if (target.equals(device.devicePath())) {
          errors.invalid(
              at.child("mountPath"), target, "must not already exist as a path in volumeDevices");
        }
      }
      validateSubPath(mount, at, errors);
      validatePropagation(mount, container, at, errors);
    }
  }

  private static void validateSubPath(VolumeMount mount, Path at, FieldErrors errors) {
    String subPath = mount.subPath() == null ? "" : mount.subPath();
    String expression = mount.subPathExpr() == null ? "" : mount.subPathExpr();
    if (!subPath.isEmpty()) {
      LocalPaths.checkDescending(subPath, at.child("subPath"), errors);
    }
    if (!expression.isEmpty()) {
      if (!subPath.isEmpty()) {
        errors.invalid(
            at.child("subPathExpr"), expression, "subPathExpr and subPath are mutually exclusive");
      }
      LocalPaths.checkDescending(expression, at.child("subPathExpr"), errors);
    }
  }

  private static void validatePropagation(
      VolumeMount mount, Container container, Path at, FieldErrors errors) {
    String propagation = mount.mountPropagation();
    Checks.oneOf(propagation, PROPAGATIONS, at.child("mountPropagation"), errors);
    boolean privileged =
        container.securityContext() != null
            && Boolean.TRUE.equals(container.securityContext().privileged());
    if ("Bidirectional".equals(propagation) && !privileged) {
      errors.forbidden(
          at.child("mountPropagation"),
          "Bidirectional mount propagation is available only to privileged containers");
    }
    String recursive = mount.recursiveReadOnly();
    if (recursive == null || recursive.equals("Disabled")) {
      return;
    }
    Path where = at.child("recursiveReadOnly");
    if (!RECURSIVE.contains(recursive)) {
      errors.notSupported(where, recursive, RECURSIVE);
      return;
    }
    if (!Boolean.TRUE.equals(mount.readOnly())) {
      errors.forbidden(where, "may only be specified when readOnly is true");
    }
    if (propagation != null && !propagation.equals("None")) {
      errors.forbidden(
          where, "may only be specified when mountPropagation is None or not specified");
    }
  }

  private static void validateDevices(
      Container container, Map<String, Volume> volumes, Path path, FieldErrors errors) {
    Set<String> names = new HashSet<>();
    Set<String> paths = new HashSet<>();
    for (int i = 0; i < container.volumeDevices().size(); i++) {
      VolumeDevice device = container.volumeDevices().get(i);
      Path at = path.index(i);
      String name = device.name() == null ? "" : device.name();
      Volume volume = volumes.get(name);
      if (!Checks.present(name, at.child("name"), errors)) {
        names.add(name);
      } else if (!names.add(name)) {
        errors.invalid(at.child("name"), name, ONLY_ONCE);
      }
      if (volume == null) {
        errors.notFound(at.child("name"), name);
      } else if (volume.persistentVolumeClaim() == null && volume.ephemeral() == null) {
        errors.invalid(
            at.child("name"),
            name,
            "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode");
      }
      String target = device.devicePath() == null ? "" : device.devicePath();
      Path where = at.child("devicePath");
      if (Checks.present(target, where, errors)) {
        if (!paths.add(target)) {
          errors.invalid(where, target, ONLY_ONCE);
        }
        if (LocalPaths.stepsBack(target)) {
          errors.invalid(where, target, "can not contain backsteps ('..')");
        }
      }
    }
  }
}
