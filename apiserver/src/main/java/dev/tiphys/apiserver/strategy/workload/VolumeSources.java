package dev.tiphys.apiserver.strategy.workload;

import dev.tiphys.api.core.v1.CSIVolumeSource;
import dev.tiphys.api.core.v1.EphemeralVolumeSource;
import dev.tiphys.api.core.v1.FCVolumeSource;
import dev.tiphys.api.core.v1.HostPathVolumeSource;
import dev.tiphys.api.core.v1.ISCSIVolumeSource;
import dev.tiphys.api.core.v1.ImageVolumeSource;
import dev.tiphys.api.core.v1.StorageOSVolumeSource;
import dev.tiphys.api.core.v1.Volume;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.schema.Field;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * What is wrong with where a volume comes from. What the API's description calls required must be
 * there and not empty, whatever the kind of volume; the rest is said here. Pure.
 */
final class VolumeSources {

  private static final int LONGEST_DRIVER = 63;
  private static final int HIGHEST_LUN = 255;
  private static final int LONGEST_PORTAL = 64;
  private static final String ISCSI_NAME =
      "iqn\\.\\d{4}-\\d{2}\\.([\\p{Alnum}-.]+)(:[^,;*&$|\\s]+)"
          + "|eui.\\p{Alnum}{16}|naa.\\p{Alnum}{32}";
  private static final List<String> HOST_PATH_TYPES =
      List.of(
          "",
          "BlockDevice",
          "CharDevice",
          "Directory",
          "DirectoryOrCreate",
          "File",
          "FileOrCreate",
          "Socket");

  private VolumeSources() {}

  /**
   * Checks the only source of a volume.
   *
   * @param ofPod whether a pod has the volume, and no template, which may leave more open
   */
  static void validate(Volume volume, boolean ofPod, Path at, FieldErrors errors) {
    for (Field field : Volume.TYPE.fields()) {
      if (volume.get(field.index()) instanceof Struct source) {
        requireFields(source, at.child(field.name()), errors);
      }
    }
    if (volume.emptyDir() != null) {
      var limit = volume.emptyDir().sizeLimit();
      if (limit != null && limit.signum() < 0) {
        errors.forbidden(
            at.child("emptyDir", "sizeLimit"), "SizeLimit field must be a valid resource quantity");
      }
    } else if (volume.hostPath() != null) {
      hostPath(volume.hostPath(), at.child("hostPath"), errors);
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
    } else if (volume.nfs() != null) {
      String path = volume.nfs().path() == null ? "" : volume.nfs().path();
      if (!path.startsWith("/")) {
        errors.invalid(at.child("nfs", "path"), path, "must be an absolute path");
      }
    } else if (volume.iscsi() != null) {
      iscsi(volume.iscsi(), at.child("iscsi"), errors);
      String portal = volume.name() + ":" + volume.iscsi().targetPortal();
      if (volume.iscsi().initiatorName() != null && portal.length() > LONGEST_PORTAL) {
        errors.invalid(
            at.child("name"),
            volume.name(),
            "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if"
                + " iscsi.initiatorName is specified.");
      }
    } else {
      validateOlder(volume, at, errors);
    }
  }

  /** Of what the description requires, texts are not empty and lists have something in them. */
  static void requireFields(Struct source, Path path, FieldErrors errors) {
    for (Field field : source.structType().fields()) {
      Object value = source.get(field.index());
      boolean missing =
          value == null
              || value instanceof String text && text.isEmpty()
              || value instanceof List<?> list && list.isEmpty();
      // A number that is left out is 0, which may be a good one.
      boolean counts = value != null || !field.type().toString().startsWith("INT");
      if (field.required() && missing && counts) {
        errors.required(path.child(field.name()), "");
      }
    }
  }

  /** Kinds of volumes that only objects from earlier days have. */
  private static void validateOlder(Volume volume, Path at, FieldErrors errors) {
    if (volume.fc() != null) {
      fibreChannel(volume.fc(), at.child("fc"), errors);
    } else if (volume.gcePersistentDisk() != null) {
      Checks.within(
          volume.gcePersistentDisk().partition(),
          0,
          255,
          at.child("gcePersistentDisk", "partition"),
          errors);
    } else if (volume.awsElasticBlockStore() != null) {
      Checks.within(
          volume.awsElasticBlockStore().partition(),
          0,
          255,
          at.child("awsElasticBlockStore", "partition"),
          errors);
    } else if (volume.gitRepo() != null) {
      String directory = Objects.requireNonNullElse(volume.gitRepo().directory(), "");
      LocalPaths.checkDescending(directory, at.child("gitRepo", "directory"), errors);
    } else if (volume.flexVolume() != null) {
      options(volume.flexVolume().options(), at.child("flexVolume", "options"), errors);
    } else if (volume.storageos() != null) {
      storageOs(volume.storageos(), at.child("storageos"), errors);
    } else if (volume.scaleIO() != null) {
      Checks.present(volume.scaleIO().volumeName(), at.child("scaleIO", "volumeName"), errors);
    } else if (volume.flocker() != null) {
      var flocker = volume.flocker();
      boolean named = flocker.datasetName() != null && !flocker.datasetName().isEmpty();
      boolean numbered = flocker.datasetUUID() != null && !flocker.datasetUUID().isEmpty();
      if (!named && !numbered) {
        errors.required(at.child("flocker"), "one of datasetName and datasetUUID is required");
      } else if (named && numbered) {
        errors.invalid(
            at.child("flocker"),
            "resource",
            "datasetName and datasetUUID can not be specified simultaneously");
      }
    } else if (volume.azureDisk() != null) {
      Checks.enums(volume.azureDisk(), at.child("azureDisk"), errors);
    } else if (volume.cinder() != null && volume.cinder().secretRef() != null) {
      Checks.present(
          volume.cinder().secretRef().name(), at.child("cinder", "secretRef", "name"), errors);
    }
  }

  private static void hostPath(HostPathVolumeSource source, Path path, FieldErrors errors) {
    if (source.path() != null && !source.path().isEmpty()) {
      LocalPaths.checkNoBacksteps(source.path(), path.child("path"), errors);
      Checks.oneOf(source.type(), HOST_PATH_TYPES, path.child("type"), errors);
    }
  }

  private static void csi(CSIVolumeSource source, Path path, FieldErrors errors) {
    String driver = source.driver() == null ? "" : source.driver();
    if (driver.length() > LONGEST_DRIVER) {
      errors.add(FieldError.tooLong(path.child("driver"), LONGEST_DRIVER));
    }
    errors.invalid(
        path.child("driver"), driver, DnsNames.subdomain(driver.toLowerCase(Locale.ROOT)));
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
    var spec = template.spec();
    if (spec == null || spec.accessModes().isEmpty()) {
      errors.required(at.child("spec", "accessModes"), "at least 1 access mode is required");
    }
    boolean sized =
        spec != null
            && spec.resources() != null
            && spec.resources().requests().containsKey("storage");
    if (!sized) {
      errors.required(at.child("spec", "resources").key("storage"), "");
    }
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

  private static void iscsi(ISCSIVolumeSource source, Path path, FieldErrors errors) {
    checkIscsiName(source.iqn(), path.child("iqn"), errors);
    Checks.within(source.lun(), 0, HIGHEST_LUN, path.child("lun"), errors);
    boolean secret =
        Boolean.TRUE.equals(source.chapAuthDiscovery())
            || Boolean.TRUE.equals(source.chapAuthSession());
    if (secret && source.secretRef() == null) {
      errors.required(path.child("secretRef"), "");
    }
    checkIscsiName(source.initiatorName(), path.child("initiatorName"), errors);
  }

  private static void checkIscsiName(
      @org.jspecify.annotations.Nullable String name, Path path, FieldErrors errors) {
    if (name == null || name.isEmpty()) {
      return;
    }
    if (!name.matches("(iqn|eui|naa).*")) {
      errors.invalid(path, name, "must be valid format starting with iqn, eui, or naa");
    } else if (!name.matches(ISCSI_NAME)) {
      errors.invalid(path, name, "must be valid format");
    }
  }

  private static void fibreChannel(FCVolumeSource source, Path path, FieldErrors errors) {
    boolean targets = !source.targetWWNs().isEmpty();
    if (!targets && source.wwids().isEmpty()) {
      errors.required(
          path.child("targetWWNs"), "must specify either targetWWNs or wwids, but not both");
    } else if (targets && !source.wwids().isEmpty()) {
      errors.invalid(
          path.child("targetWWNs"),
          source.targetWWNs(),
          "targetWWNs and wwids can not be specified simultaneously");
    }
    if (targets && source.lun() == null) {
      errors.required(path.child("lun"), "lun is required if targetWWNs is specified");
    } else if (targets) {
      Checks.within(source.lun(), 0, HIGHEST_LUN, path.child("lun"), errors);
    }
  }

  /** Names that a driver is given by Kubernetes itself are no user's to set. */
  private static void options(Map<String, String> options, Path path, FieldErrors errors) {
    for (String key : options.keySet()) {
      String domain = "." + key.split("/", 2)[0].toLowerCase(Locale.ROOT);
      if (domain.endsWith(".kubernetes.io") || domain.endsWith(".k8s.io")) {
        errors.invalid(path.key(key), key, "kubernetes.io and k8s.io namespaces are reserved");
      }
    }
  }

  private static void storageOs(StorageOSVolumeSource source, Path path, FieldErrors errors) {
    Checks.label(source.volumeName(), path.child("volumeName"), errors);
    String namespace = source.volumeNamespace();
    if (namespace != null && !namespace.isEmpty()) {
      errors.invalid(path.child("volumeNamespace"), namespace, DnsNames.label(namespace));
    }
    if (source.secretRef() != null) {
      Checks.present(source.secretRef().name(), path.child("secretRef", "name"), errors);
    }
  }
}
