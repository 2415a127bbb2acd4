package dev.tiphys.apiserver.strategy.storage;

import dev.tiphys.api.core.v1.PersistentVolume;
import dev.tiphys.api.core.v1.PersistentVolumeSpec;
import dev.tiphys.api.core.v1.PersistentVolumeStatus;
import dev.tiphys.api.schema.Field;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.api.value.Quantity;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.Strategy;
import java.util.List;
import java.util.Objects;

/** The rules of PersistentVolume. */
public final class VolumeRules {

  private static final Path SPEC = Path.of("spec");

  private VolumeRules() {}

  /** The rules. */
  public static Strategy<PersistentVolume> rules() {
    return KindRules.<PersistentVolume>builder()
        .defaults(volume ->
            volume.status() == null || volume.status().phase() == null
                ? volume.withStatus(
                    Objects.requireNonNullElse(volume.status(), PersistentVolumeStatus.EMPTY)
                        .withPhase("Pending"))
                : volume)
        .create(
            volume -> volume.withStatus(PersistentVolumeStatus.builder().phase("Pending").build()))
        .validate(VolumeRules::validate)
        .change(VolumeRules::change)
        .generations(false)
        .build();
  }

  private static PersistentVolumeSpec in(PersistentVolume volume) {
    return Objects.requireNonNullElse(volume.spec(), PersistentVolumeSpec.EMPTY);
  }

  /** The fields that say where the data is, one of which is set. */
  private static List<Field> sources() {
    return PersistentVolumeSpec.TYPE.fields().stream()
        .filter(field -> !field.inlinePath().isEmpty())
        .toList();
  }

  private static void validate(PersistentVolume volume, FieldErrors errors) {
    PersistentVolumeSpec spec = in(volume);
    if (spec.accessModes().isEmpty()) {
      errors.required(SPEC.child("accessModes"), "");
    }
    ClaimRules.checkModes(spec.accessModes(), SPEC.child("accessModes"), errors);
    if (spec.capacity().isEmpty()) {
      errors.required(SPEC.child("capacity"), "");
    } else {
      Quantity storage = spec.capacity().get("storage");
      if (storage == null || spec.capacity().size() > 1) {
        errors.notSupported(SPEC.child("capacity"), spec.capacity(), List.of("storage"));
      } else if (storage.signum() <= 0) {
        errors.invalid(
            SPEC.child("capacity").key("storage"), storage.toString(), "must be greater than zero");
      }
    }
    Checks.oneOf(
        spec.persistentVolumeReclaimPolicy(),
        List.of("Delete", "Recycle", "Retain"),
        SPEC.child("persistentVolumeReclaimPolicy"),
        errors);
    Checks.oneOf(
        spec.volumeMode(), List.of("Block", "Filesystem"), SPEC.child("volumeMode"), errors);
    ClaimRules.checkClass(spec.storageClassName(), SPEC.child("storageClassName"), errors);
    int found = 0;
    for (Field source : sources()) {
      if (spec.get(source.index()) != null && ++found > 1) {
        errors.forbidden(SPEC.child(source.name()), "may not specify more than 1 volume type");
      }
    }
    if (found == 0) {
      errors.required(SPEC, "must specify a volume type");
    }
    if (spec.hostPath() != null) {
      String path = spec.hostPath().path();
      if (Checks.present(path, SPEC.child("hostPath", "path"), errors)
          && List.of(String.valueOf(path).split("/", -1)).contains("..")) {
        errors.invalid(SPEC.child("hostPath", "path"), path, "must not contain '..'");
      }
      if ("/".equals(path) && "Recycle".equals(spec.persistentVolumeReclaimPolicy())) {
        errors.forbidden(
            SPEC.child("persistentVolumeReclaimPolicy"),
            "may not be 'recycle' for a hostPath mount of '/'");
      }
    }
    if (spec.local() != null) {
      Checks.present(spec.local().path(), SPEC.child("local", "path"), errors);
      if (spec.nodeAffinity() == null) {
        errors.required(SPEC.child("nodeAffinity"), "Local volume requires node affinity");
      }
    }
    if (spec.csi() != null) {
      Checks.present(spec.csi().driver(), SPEC.child("csi", "driver"), errors);
      Checks.present(spec.csi().volumeHandle(), SPEC.child("csi", "volumeHandle"), errors);
    }
    if (spec.nodeAffinity() != null && spec.nodeAffinity().required() == null) {
      errors.required(
          SPEC.child("nodeAffinity", "required"), "must specify required node constraints");
    }
  }

  private static void change(PersistentVolume volume, PersistentVolume old, FieldErrors errors) {
    PersistentVolumeSpec spec = in(volume);
    PersistentVolumeSpec before = in(old);
    for (Field source : sources()) {
      if (!Objects.equals(spec.get(source.index()), before.get(source.index()))) {
        errors.forbidden(
            SPEC.child("persistentvolumesource"),
            "spec.persistentvolumesource is immutable after creation");
        break;
      }
    }
    Checks.immutable(spec.volumeMode(), before.volumeMode(), SPEC.child("volumeMode"), errors);
    if (before.nodeAffinity() != null && !before.nodeAffinity().equals(spec.nodeAffinity())) {
      errors.invalid(SPEC.child("nodeAffinity"), spec.nodeAffinity(), "field is immutable");
    }
  }
}
