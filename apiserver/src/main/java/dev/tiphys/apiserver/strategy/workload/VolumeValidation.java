package dev.tiphys.apiserver.strategy.workload;

import dev.tiphys.api.core.v1.KeyToPath;
import dev.tiphys.api.core.v1.Volume;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.schema.Field;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is wrong with a pod's volumes. Pure. */
final class VolumeValidation {

  private static final int MAX_MODE = 0777;

  private VolumeValidation() {}

  /** Checks the volumes and returns their names. */
  static Set<String> validate(List<Volume> volumes, Path path, FieldErrors errors) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < volumes.size(); i++) {
      Volume volume = volumes.get(i);
      Path at = path.index(i);
      String name = volume.name();
      if (name == null || name.isEmpty()) {
        errors.required(at.child("name"), "");
      } else {
        DnsNames.label(name).forEach(fault -> errors.invalid(at.child("name"), name, fault));
        if (!names.add(name)) {
          errors.duplicate(at.child("name"), name);
        }
      }
      validateSource(volume, at, errors);
    }
    return names;
  }

  private static void validateSource(Volume volume, Path at, FieldErrors errors) {
    int sources = 0;
    for (Field field : Volume.TYPE.fields()) {
      if (!field.name().equals("name") && volume.get(field.index()) != null) {
        if (++sources > 1) {
          errors.forbidden(at.child(field.name()), "may not specify more than 1 volume type");
        }
      }
    }
    if (sources == 0) {
      errors.required(at, "must specify a volume type");
    }
    if (volume.hostPath() != null) {
      String path = volume.hostPath().path();
      if (path == null || path.isEmpty()) {
        errors.required(at.child("hostPath", "path"), "");
      } else {
        checkNoBacksteps(path, at.child("hostPath", "path"), errors);
      }
    }
    if (volume.configMap() != null) {
      required(volume.configMap().name(), at.child("configMap", "name"), errors);
      checkMode(volume.configMap().defaultMode(), at.child("configMap", "defaultMode"), errors);
      checkItems(volume.configMap().items(), at.child("configMap", "items"), errors);
    }
    if (volume.secret() != null) {
      required(volume.secret().secretName(), at.child("secret", "secretName"), errors);
      checkMode(volume.secret().defaultMode(), at.child("secret", "defaultMode"), errors);
      checkItems(volume.secret().items(), at.child("secret", "items"), errors);
    }
    if (volume.persistentVolumeClaim() != null) {
      required(
          volume.persistentVolumeClaim().claimName(),
          at.child("persistentVolumeClaim", "claimName"),
          errors);
    }
    if (volume.projected() != null) {
      checkMode(volume.projected().defaultMode(), at.child("projected", "defaultMode"), errors);
    }
  }

  private static void required(@Nullable String value, Path path, FieldErrors errors) {
    if (value == null || value.isEmpty()) {
      errors.required(path, "");
    }
  }

  private static void checkItems(List<KeyToPath> items, Path path, FieldErrors errors) {
    for (int i = 0; i < items.size(); i++) {
      required(items.get(i).key(), path.index(i).child("key"), errors);
      String file = items.get(i).path();
      if (file == null || file.isEmpty()) {
        errors.required(path.index(i).child("path"), "");
      } else {
        checkLocalPath(file, path.index(i).child("path"), errors);
      }
      checkMode(items.get(i).mode(), path.index(i).child("mode"), errors);
    }
  }

  private static void checkMode(@Nullable Integer mode, Path path, FieldErrors errors) {
    if (mode != null && (mode < 0 || mode > MAX_MODE)) {
      errors.invalid(path, mode, "must be a number between 0 and 0777 (octal), both inclusive");
    }
  }

  /** A path within a volume: relative, and never up. */
  static void checkLocalPath(String local, Path path, FieldErrors errors) {
    if (local.startsWith("/")) {
      errors.invalid(path, local, "must be a relative path");
    }
    checkNoBacksteps(local, path, errors);
    if (local.startsWith("..") && !local.startsWith("../") && !local.equals("..")) {
      errors.invalid(path, local, "must not start with '..'");
    }
  }

  private static void checkNoBacksteps(String local, Path path, FieldErrors errors) {
    for (String part : local.split("/", -1)) {
      if (part.equals("..")) {
        errors.invalid(path, local, "must not contain '..'");
        return;
      }
    }
  }
}
