package dev.tiphys.apiserver.strategy.workload;

import dev.tiphys.api.core.v1.Volume;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.schema.Field;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is wrong with a pod's volumes. Pure. */
final class VolumeValidation {

  private VolumeValidation() {}

  /**
   * Checks the volumes and returns them by their names.
   *
   * @param pod the pod's name; null for a template, whose pods have none yet
   */
  static Map<String, Volume> validate(
      List<Volume> volumes, @Nullable String pod, Path path, FieldErrors errors) {
    if (volumes.isEmpty()) {
      return Map.of();
    }
    Map<String, Volume> byName = new HashMap<>();
    for (int i = 0; i < volumes.size(); i++) {
      Volume volume = volumes.get(i);
      Path at = path.index(i);
      validateSource(volume, pod != null, at, errors);
      if (Checks.present(volume.name(), at.child("name"), errors)) {
        String name = String.valueOf(volume.name());
        errors.invalid(at.child("name"), name, DnsNames.label(name));
        if (byName.putIfAbsent(name, volume) != null) {
          errors.duplicate(at.child("name"), name);
        }
        if (pod != null && volume.ephemeral() != null) {
          String claim = pod + "-" + name;
          DnsNames.subdomain(claim)
              .forEach(fault ->
                  errors.invalid(at.child("name"), name, "PVC name \"" + claim + "\": " + fault));
        }
      }
    }
    if (pod != null) {
      checkClaims(volumes, pod, path, errors);
    }
    return byName;
  }

  /** A claim that the pod brings with it is not one that it finds. */
  private static void checkClaims(List<Volume> volumes, String pod, Path path, FieldErrors errors) {
    List<String> brought =
        volumes.stream().filter(v -> v.ephemeral() != null).map(v -> pod + "-" + v.name()).toList();
    for (int i = 0; i < volumes.size() && !brought.isEmpty(); i++) {
      var claim = volumes.get(i).persistentVolumeClaim();
      if (claim != null && brought.contains(claim.claimName())) {
        errors.invalid(
            path.index(i).child("persistentVolumeClaim", "claimName"),
            claim.claimName(),
            "must not reference a PVC that gets created for an ephemeral volume");
      }
    }
  }

  private static void validateSource(Volume volume, boolean ofPod, Path at, FieldErrors errors) {
    int sources = 0;
    for (Field field : Volume.TYPE.fields()) {
      Object source = field.name().equals("name") ? null : volume.get(field.index());
      if (source != null && ++sources > 1) {
        errors.forbidden(at.child(field.name()), "may not specify more than 1 volume type");
      }
    }
    if (sources == 0) {
      errors.required(at, "must specify a volume type");
    } else if (sources == 1) {
      PodVolumeSources.validate(volume, ofPod, at, errors);
    }
  }
}
