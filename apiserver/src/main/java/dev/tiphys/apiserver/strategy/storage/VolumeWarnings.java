package dev.tiphys.apiserver.strategy.storage;

import dev.tiphys.api.core.v1.PersistentVolume;
import dev.tiphys.api.core.v1.PersistentVolumeSpec;
import dev.tiphys.api.schema.Field;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.OldLabels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is still taken of volumes and claims but does nothing, or will do nothing, any more. Pure.
 */
final class VolumeWarnings {

  static final String OLD_CLASS = "volume.beta.kubernetes.io/storage-class";

  private static final String OLD_OPTIONS = "volume.beta.kubernetes.io/mount-options";
  private static final Path SPEC = Path.of("spec");

  /** Kinds of volumes that have drivers no more, as messages name them. */
  private static final Map<String, String> GONE =
      Map.of(
          "cephfs", "cephfs: deprecated in v1.28, non-functional in v1.31+",
          "photonPersistentDisk",
              "photonPersistentDisk: deprecated in v1.11, non-functional in v1.16+",
          "scaleIO", "scaleIO: deprecated in v1.16, non-functional in v1.22+",
          "storageos", "storageOS: deprecated in v1.22, non-functional in v1.25+",
          "glusterfs", "glusterfs: deprecated in v1.25, non-functional in v1.26+",
          "rbd", "rbd: deprecated in v1.28, non-functional in v1.31+");

  private VolumeWarnings() {}

  static List<String> of(PersistentVolume volume, @Nullable PersistentVolume old) {
    List<String> warnings = new ArrayList<>();
    PersistentVolumeSpec spec =
        Objects.requireNonNullElse(volume.spec(), PersistentVolumeSpec.EMPTY);
    Map<String, String> annotations = volume.metadata().annotations();
    oldClass(annotations, warnings);
    if (annotations.containsKey(OLD_OPTIONS)) {
      warnings.add(
          "metadata.annotations["
              + OLD_OPTIONS
              + "]: deprecated since v1.31; use \"mountOptions\" attribute instead");
    }
    if ("Recycle".equals(spec.persistentVolumeReclaimPolicy())) {
      warnings.add(
          "spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead,"
              + " the recommended approach is to use dynamic provisioning.");
    }
    if (spec.nodeAffinity() != null) {
      warnings.addAll(
          OldLabels.in(spec.nodeAffinity().required(), SPEC.child("nodeAffinity", "required")));
    }
    for (Field source : VolumeRules.sources()) {
      String gone = GONE.get(source.name());
      if (gone != null && spec.get(source.index()) != null) {
        warnings.add("spec." + gone);
      }
    }
    return warnings;
  }

  static void oldClass(Map<String, String> annotations, List<String> warnings) {
    if (annotations.containsKey(OLD_CLASS)) {
      warnings.add(
          "metadata.annotations["
              + OLD_CLASS
              + "]: deprecated since v1.8; use \"storageClassName\" attribute instead");
    }
  }
}
