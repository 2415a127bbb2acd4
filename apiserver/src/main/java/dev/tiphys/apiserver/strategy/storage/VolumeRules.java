package dev.tiphys.apiserver.strategy.storage;

import dev.tiphys.api.core.v1.CSIPersistentVolumeSource;
import dev.tiphys.api.core.v1.PersistentVolume;
import dev.tiphys.api.core.v1.PersistentVolumeSpec;
import dev.tiphys.api.core.v1.PersistentVolumeStatus;
import dev.tiphys.api.schema.Field;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.NodeSelectors;
import dev.tiphys.apiserver.strategy.Strategy;
import dev.tiphys.apiserver.strategy.VolumeSources;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rules of PersistentVolume. */
public final class VolumeRules {

  private static final Path SPEC = Path.of("spec");
  private static final String ROOT = "/+(\\./+)*\\.?";
  private static final int LONGEST_PORTAL = 64;

  /** The order in which sources are looked at: of several, the first is what a volume has. */
  private static final List<String> ORDER =
      List.of(
          "hostPath",
          "gcePersistentDisk",
          "awsElasticBlockStore",
          "glusterfs",
          "flocker",
          "nfs",
          "rbd",
          "quobyte",
          "cephfs",
          "iscsi",
          "cinder",
          "fc",
          "flexVolume",
          "azureFile",
          "vsphereVolume",
          "photonPersistentDisk",
          "portworxVolume",
          "azureDisk",
          "scaleIO",
          "local",
          "storageos",
          "csi");

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
        .warnings(VolumeWarnings::of)
        .generations(false)
        .build();
  }

  private static PersistentVolumeSpec in(PersistentVolume volume) {
    return Objects.requireNonNullElse(volume.spec(), PersistentVolumeSpec.EMPTY);
  }

  private static void validate(PersistentVolume volume, FieldErrors errors) {
    PersistentVolumeSpec spec = in(volume);
    if (spec.accessModes().isEmpty()) {
      errors.required(SPEC.child("accessModes"), "");
    }
    ClaimRules.checkModes(spec.accessModes(), SPEC.child("accessModes"), errors);
    Path capacity = SPEC.child("capacity");
    if (spec.capacity().isEmpty()) {
      errors.required(capacity, "");
    }
    if (spec.capacity().get("storage") == null || spec.capacity().size() > 1) {
      errors.notSupported(capacity, spec.capacity(), List.of("storage"));
    }
    spec.capacity()
        .forEach((name, amount) -> {
          if (amount.signum() < 0) {
            errors.invalid(capacity.key(name), amount.value(), "must be a valid resource quantity");
          }
          if (amount.signum() <= 0) {
            errors.invalid(capacity.key(name), amount.toString(), "must be greater than zero");
          }
        });
    Checks.oneOf(
        spec.persistentVolumeReclaimPolicy(),
        List.of("Delete", "Recycle", "Retain"),
        SPEC.child("persistentVolumeReclaimPolicy"),
        errors);
    Checks.oneOf(
        spec.volumeMode(), List.of("Block", "Filesystem"), SPEC.child("volumeMode"), errors);
    ClaimRules.checkClass(spec.storageClassName(), SPEC.child("storageClassName"), errors);
    validateSource(spec, SPEC, errors);
    if (spec.iscsi() != null && spec.iscsi().initiatorName() != null) {
      String portal = Objects.requireNonNullElse(spec.iscsi().targetPortal(), "");
      if ((volume.metadata().name() + ":" + portal).length() > LONGEST_PORTAL) {
        errors.invalid(
            SPEC.child("iscsi", "targetportal"),
            portal,
            "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if"
                + " iscsi.initiatorName is specified.");
      }
    }
    if (spec.hostPath() != null
        && String.valueOf(spec.hostPath().path()).matches(ROOT)
        && "Recycle".equals(spec.persistentVolumeReclaimPolicy())) {
      errors.forbidden(
          SPEC.child("persistentVolumeReclaimPolicy"),
          "may not be 'recycle' for a hostPath mount of '/'");
    }
    String attributes = spec.volumeAttributesClassName();
    if (attributes != null) {
      Path path = SPEC.child("volumeAttributesClassName");
      if (attributes.isEmpty()) {
        errors.required(path, "an empty string is disallowed");
      }
      ClaimRules.checkClass(attributes, path, errors);
      if (spec.csi() == null) {
        errors.required(
            SPEC.child("csi"), "has to be specified when using volumeAttributesClassName");
      }
    }
  }

  /** Checks a volume that stands in what uses it: only where its data is may be said. */
  static void validateInline(PersistentVolumeSpec spec, Path path, FieldErrors errors) {
    String inline = " in the context of inline volumes";
    String where = "may not be specified" + inline;
    forbid(spec.claimRef() != null, path.child("claimRef"), where, errors);
    forbid(!spec.capacity().isEmpty(), path.child("capacity"), where, errors);
    if (spec.csi() == null) {
      errors.required(path.child("csi"), "has to be specified" + inline);
    }
    if (spec.accessModes().isEmpty()) {
      errors.required(path.child("accessModes"), "");
    }
    ClaimRules.checkModes(spec.accessModes(), path.child("accessModes"), errors);
    String policy = spec.persistentVolumeReclaimPolicy();
    forbid(
        policy != null && !policy.equals("Retain"),
        path.child("persistentVolumeReclaimPolicy"),
        "may only be Retain" + inline,
        errors);
    forbid(spec.nodeAffinity() != null, path.child("nodeAffinity"), where, errors);
    validateSource(spec.withNodeAffinity(null), path, errors);
    String name = spec.storageClassName();
    forbid(name != null && !name.isEmpty(), path.child("storageClassName"), where, errors);
    forbid(
        spec.volumeMode() != null && !spec.volumeMode().equals("Filesystem"),
        path.child("volumeMode"),
        "may not specify volumeMode other than Filesystem" + inline,
        errors);
  }

  private static void forbid(boolean found, Path path, String why, FieldErrors errors) {
    if (found) {
      errors.forbidden(path, why);
    }
  }

  private static void validateSource(PersistentVolumeSpec spec, Path path, FieldErrors errors) {
    if (spec.nodeAffinity() != null) {
      Path nodes = path.child("nodeAffinity", "required");
      if (spec.nodeAffinity().required() == null) {
        errors.required(nodes, "must specify required node constraints");
      } else {
        NodeSelectors.validate(spec.nodeAffinity().required(), nodes, errors);
      }
    }
    int found = 0;
    for (Field field : sources()) {
      Object source = spec.get(field.index());
      if (source == null) {
        continue;
      }
      if (++found > 1) {
        String name = field.name().equals("cephfs") ? "cephFS" : field.name();
        errors.forbidden(path.child(name), "may not specify more than 1 volume type");
      } else {
        VolumeSources.validate(field.name(), (Struct) source, path, errors);
      }
    }
    if (found == 0) {
      errors.required(path, "must specify a volume type");
    }
    if (spec.local() != null
        && (spec.nodeAffinity() == null || spec.nodeAffinity().required() == null)) {
      errors.required(path.child("nodeAffinity"), "Local volume requires node affinity");
    }
  }

  private static void change(PersistentVolume volume, PersistentVolume old, FieldErrors errors) {
    PersistentVolumeSpec spec = in(volume);
    PersistentVolumeSpec before = in(old);
    for (Field field : sources()) {
      if (!Objects.equals(source(spec, field, before), before.get(field.index()))) {
        errors.forbidden(
            SPEC.child("persistentvolumesource"),
            "spec.persistentvolumesource is immutable after creation");
        break;
      }
    }
    Checks.immutable(spec.volumeMode(), before.volumeMode(), Path.of("volumeMode"), errors);
    if (before.nodeAffinity() != null) {
      Checks.immutable(spec.nodeAffinity(), before.nodeAffinity(), Path.of("nodeAffinity"), errors);
    }
    if (before.volumeAttributesClassName() != null && spec.volumeAttributesClassName() == null) {
      errors.forbidden(
          SPEC.child("volumeAttributesClassName"), "update from non-nil value to nil is forbidden");
    }
  }

  /** The source as if what may be added to it, the secret to expand it with, had not been. */
  private static @Nullable Object source(
      PersistentVolumeSpec spec, Field field, PersistentVolumeSpec before) {
    Object source = spec.get(field.index());
    return source instanceof CSIPersistentVolumeSource csi
            && before.csi() != null
            && before.csi().controllerExpandSecretRef() == null
        ? csi.withControllerExpandSecretRef(null)
        : source;
  }

  /** The fields of which one says where a volume's data is. */
  static List<Field> sources() {
    return PersistentVolumeSpec.TYPE.fields().stream()
        .filter(field -> !field.inlinePath().isEmpty())
        .sorted(Comparator.comparingInt(field -> ORDER.indexOf(field.name())))
        .toList();
  }
}
