package dev.tiphys.apiserver.strategy.workload;

import dev.tiphys.api.core.v1.CSIVolumeSource;
import dev.tiphys.api.core.v1.EphemeralVolumeSource;
import dev.tiphys.api.core.v1.ImageVolumeSource;
import dev.tiphys.api.core.v1.PersistentVolumeClaimSpec;
import dev.tiphys.api.core.v1.Volume;
import dev.tiphys.api.schema.Field;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.LocalPaths;
import dev.tiphys.apiserver.strategy.VolumeSources;
import dev.tiphys.apiserver.strategy.storage.ClaimRules;
import java.util.Objects;

/** What is wrong with where a volume of a pod comes from. Pure. */
final class PodVolumeSources {

  private static final int LONGEST_PORTAL = 64;

  private PodVolumeSources() {}

  /**
   * Checks the only source of a volume.
   *
   * @param ofPod whether a pod has the volume, and no template, which may leave more open
   */
  static void validate(Volume volume, boolean ofPod, Path at, FieldErrors errors) {
    if (volume.emptyDir() != null) {
      var limit = volume.emptyDir().sizeLimit();
      if (limit != null && limit.signum() < 0) {
        errors.forbidden(
            at.child("emptyDir", "sizeLimit"), "SizeLimit field must be a valid resource quantity");
      }
    } else if (volume.configMap() != null) {
      var files = volume.configMap();
      Path path = at.child("configMap");
      Checks.present(files.name(), path.child("name"), errors);
      ProjectedFiles.checkMode(files.defaultMode(), path.child("defaultMode"), errors);
      ProjectedFiles.checkItems(files.items(), path.child("items"), errors);
    } else if (volume.secret() != null) {
      var files = volume.secret();
      Path path = at.child("secret");
      Checks.present(files.secretName(), path.child("secretName"), errors);
      ProjectedFiles.checkMode(files.defaultMode(), path.child("defaultMode"), errors);
      ProjectedFiles.checkItems(files.items(), path.child("items"), errors);
    } else if (volume.downwardAPI() != null) {
      Path path = at.child("downwardAPI");
      ProjectedFiles.checkMode(
          volume.downwardAPI().defaultMode(), path.child("defaultMode"), errors);
      ProjectedFiles.checkDownward(volume.downwardAPI().items(), path, errors);
    } else if (volume.projected() != null) {
      ProjectedFiles.validate(volume.projected(), at.child("projected"), errors);
    } else if (volume.csi() != null) {
      csi(volume.csi(), at.child("csi"), errors);
    } else if (volume.ephemeral() != null) {
      ephemeral(volume.ephemeral(), at.child("ephemeral"), errors);
    } else if (volume.image() != null) {
      image(volume.image(), ofPod, at.child("image"), errors);
    } else if (volume.gitRepo() != null) {
      String directory = Objects.requireNonNullElse(volume.gitRepo().directory(), "");
      LocalPaths.checkDescending(directory, at.child("gitRepo", "directory"), errors);
    }
    for (Field field : Volume.TYPE.fields()) {
      if (volume.get(field.index()) instanceof Struct source) {
        VolumeSources.validate(field.name(), source, at, errors);
      }
    }
    if (volume.iscsi() != null && volume.iscsi().initiatorName() != null) {
      String portal = volume.name() + ":" + volume.iscsi().targetPortal();
      if (portal.length() > LONGEST_PORTAL) {
        errors.invalid(
            at.child("name"),
            volume.name(),
            "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if"
                + " iscsi.initiatorName is specified.");
      }
    }
  }

  private static void csi(CSIVolumeSource source, Path path, FieldErrors errors) {
    VolumeSources.driverName(source.driver(), path.child("driver"), errors);
    if (source.nodePublishSecretRef() != null) {
      Checks.subdomain(
          source.nodePublishSecretRef().name(), path.child("nodePublishSecretRef", "name"), errors);
    }
  }

  private static void ephemeral(EphemeralVolumeSource source, Path path, FieldErrors errors) {
    Path at = path.child("volumeClaimTemplate");
    var template = source.volumeClaimTemplate();
    if (template == null) {
      errors.required(at, "");
      return;
    }
    ClaimRules.validate(
        Objects.requireNonNullElse(template.spec(), PersistentVolumeClaimSpec.EMPTY),
        at.child("spec"),
        errors);
    if (template.metadata() != null) {
      Checks.labels(template.metadata().labels(), at.child("metadata", "labels"), errors);
      if (template.metadata().name() != null) {
        errors.forbidden(at.child("metadata", "name"), "cannot be set");
      }
      if (template.metadata().namespace() != null) {
        errors.forbidden(at.child("metadata", "namespace"), "cannot be set");
      }
    }
  }

  private static void image(
      ImageVolumeSource source, boolean ofPod, Path path, FieldErrors errors) {
    if (ofPod) {
      Checks.present(source.reference(), path.child("reference"), errors);
    }
    Checks.oneOf(
        source.pullPolicy(), ContainerValidation.PULL_POLICIES, path.child("pullPolicy"), errors);
  }
}
