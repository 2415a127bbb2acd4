package dev.tiphys.apiserver.strategy.workload;

import dev.tiphys.api.core.v1.ClusterTrustBundleProjection;
import dev.tiphys.api.core.v1.DownwardAPIVolumeFile;
import dev.tiphys.api.core.v1.KeyToPath;
import dev.tiphys.api.core.v1.PodCertificateProjection;
import dev.tiphys.api.core.v1.Volume;
import dev.tiphys.api.core.v1.VolumeProjection;
import dev.tiphys.api.schema.Field;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.storage.ClaimRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Volumes of pods of kinds that are gone, and files in volumes that get in each other's way. */
final class PodVolumeWarnings {

  /** Kinds of volumes that nothing serves any more, as messages name them. */
  private static final Map<String, String> GONE =
      Map.of(
          "photonPersistentDisk",
              "photonPersistentDisk: deprecated in v1.11, non-functional in v1.16+",
          "gitRepo", "gitRepo: deprecated in v1.11, and disabled by default in v1.33+",
          "scaleIO", "scaleIO: deprecated in v1.16, non-functional in v1.22+",
          "flocker", "flocker: deprecated in v1.22, non-functional in v1.25+",
          "storageos", "storageOS: deprecated in v1.22, non-functional in v1.25+",
          "quobyte", "quobyte: deprecated in v1.22, non-functional in v1.25+",
          "glusterfs", "glusterfs: deprecated in v1.25, non-functional in v1.26+",
          "cephfs", "cephfs: deprecated in v1.28, non-functional in v1.31+",
          "rbd", "rbd: deprecated in v1.28, non-functional in v1.31+");

  /**
   * A file in a volume.
   *
   * @param source what it is from, as messages name it; empty if the volume has one source
   */
  private record Placed(String file, String source) {

    boolean overlaps(Placed other) {
      return (file + "/").startsWith(other.file + "/") || (other.file + "/").startsWith(file + "/");
    }

    String shown() {
      return "\"" + file + "\"" + (source.isEmpty() ? "" : " (" + source + ")");
    }
  }

  private PodVolumeWarnings() {}

  static void tell(List<Volume> volumes, Path path, List<String> warnings) {
    for (int i = 0; i < volumes.size(); i++) {
      Volume volume = volumes.get(i);
      for (Field field : Volume.TYPE.fields()) {
        String gone = GONE.get(field.name());
        if (gone != null && volume.get(field.index()) != null) {
          warnings.add(path.index(i) + "." + gone);
        }
      }
      var template = volume.ephemeral() == null ? null : volume.ephemeral().volumeClaimTemplate();
      if (template != null && template.spec() != null) {
        warnings.addAll(
            ClaimRules.warnings(
                template.spec(), path.index(i).child("ephemeral", "volumeClaimTemplate", "spec")));
      }
    }
    volumes.forEach(volume -> tellOverlaps(volume, warnings));
  }

  private static void tellOverlaps(Volume volume, List<String> warnings) {
    if (volume.configMap() != null) {
      List<Placed> files = keys(volume.configMap().items(), "");
      tellOverlaps(volume, named("ConfigMap", volume.configMap().name()), files, warnings);
    }
    if (volume.secret() != null) {
      List<Placed> files = keys(volume.secret().items(), "");
      tellOverlaps(volume, named("Secret", volume.secret().secretName()), files, warnings);
    }
    if (volume.downwardAPI() != null) {
      List<Placed> files = fields(volume.downwardAPI().items(), "");
      tellOverlaps(volume, "DownwardAPI", files, warnings);
    }
    if (volume.projected() != null) {
      List<Placed> files = new ArrayList<>();
      for (VolumeProjection source : volume.projected().sources()) {
        if (source.equals(VolumeProjection.EMPTY)) {
          warnings.add("volume \"" + volume.name() + "\" (Projected) has no sources provided");
        }
        files.addAll(projected(source));
      }
      tellOverlaps(volume, "Projected", files, warnings);
    }
  }

  private static void tellOverlaps(
      Volume volume, String kind, List<Placed> files, List<String> warnings) {
    List<Placed> seen = new ArrayList<>();
    for (Placed one : files) {
      for (Placed other : seen) {
        if (!one.file().isEmpty() && !other.file().isEmpty() && one.overlaps(other)) {
          warnings.add(
              "volume \""
                  + volume.name()
                  + "\" ("
                  + kind
                  + "): overlapping paths: "
                  + one.shown()
                  + " with "
                  + other.shown());
        }
      }
      seen.add(one);
    }
  }

  private static List<Placed> projected(VolumeProjection source) {
    if (source.configMap() != null && !source.configMap().items().isEmpty()) {
      return keys(source.configMap().items(), named("ConfigMap", source.configMap().name()));
    }
    if (source.secret() != null && !source.secret().items().isEmpty()) {
      return keys(source.secret().items(), named("Secret", source.secret().name()));
    }
    if (source.downwardAPI() != null && !source.downwardAPI().items().isEmpty()) {
      return fields(source.downwardAPI().items(), "DownwardAPI");
    }
    if (source.serviceAccountToken() != null) {
      return List.of(placed(source.serviceAccountToken().path(), "ServiceAccountToken"));
    }
    ClusterTrustBundleProjection bundle = source.clusterTrustBundle();
    if (bundle != null) {
      String name = bundle.name() == null ? bundle.signerName() : bundle.name();
      return List.of(placed(bundle.path(), named("ClusterTrustBundle", name)));
    }
    return source.podCertificate() == null ? List.of() : certificate(source.podCertificate());
  }

  private static List<Placed> certificate(PodCertificateProjection certificate) {
    return List.of(
        placed(certificate.certificateChainPath(), "PodCertificate chain"),
        placed(certificate.keyPath(), "PodCertificate key"),
        placed(certificate.credentialBundlePath(), "PodCertificate credential bundle"));
  }

  private static List<Placed> keys(List<KeyToPath> items, String source) {
    return items.stream().map(item -> placed(item.path(), source)).toList();
  }

  private static List<Placed> fields(List<DownwardAPIVolumeFile> items, String source) {
    return items.stream().map(item -> placed(item.path(), source)).toList();
  }

  private static Placed placed(@Nullable String path, String source) {
    return new Placed(Objects.requireNonNullElse(path, "").replaceAll("/+$", ""), source);
  }

  private static String named(String kind, @Nullable String name) {
    return kind + " \"" + Objects.requireNonNullElse(name, "") + "\"";
  }
}
