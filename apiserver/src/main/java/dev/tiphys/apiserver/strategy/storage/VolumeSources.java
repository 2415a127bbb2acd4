package dev.tiphys.apiserver.strategy.storage;

import dev.tiphys.api.core.v1.AzureDiskVolumeSource;
import dev.tiphys.api.core.v1.AzureFilePersistentVolumeSource;
import dev.tiphys.api.core.v1.CSIPersistentVolumeSource;
import dev.tiphys.api.core.v1.FCVolumeSource;
import dev.tiphys.api.core.v1.FlockerVolumeSource;
import dev.tiphys.api.core.v1.GlusterfsPersistentVolumeSource;
import dev.tiphys.api.core.v1.HostPathVolumeSource;
import dev.tiphys.api.core.v1.ISCSIPersistentVolumeSource;
import dev.tiphys.api.core.v1.LocalVolumeSource;
import dev.tiphys.api.core.v1.NFSVolumeSource;
import dev.tiphys.api.core.v1.PersistentVolumeSpec;
import dev.tiphys.api.core.v1.QuobyteVolumeSource;
import dev.tiphys.api.core.v1.SecretReference;
import dev.tiphys.api.core.v1.StorageOSPersistentVolumeSource;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.schema.Field;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is wrong with where a persistent volume's data is. Pure. */
final class VolumeSources {

  private static final String IQN = "iqn\\.\\d{4}-\\d{2}\\.([a-zA-Z0-9.-]+)(:[^,;*&$|\\s]+)";
  private static final String EUI = "eui.[a-zA-Z0-9]{16}";
  private static final String NAA = "naa.[a-zA-Z0-9]{32}";

  /** The fields without which a kind of source means nothing, in the API's order. */
  private static final Map<String, List<String>> REQUIRED =
      Map.ofEntries(
          Map.entry("hostPath", List.of("path")),
          Map.entry("gcePersistentDisk", List.of("pdName")),
          Map.entry("awsElasticBlockStore", List.of("volumeID")),
          Map.entry("glusterfs", List.of("endpoints", "path")),
          Map.entry("nfs", List.of("server", "path")),
          Map.entry("rbd", List.of("monitors", "image")),
          Map.entry("cephfs", List.of("monitors")),
          Map.entry("iscsi", List.of("targetPortal", "iqn")),
          Map.entry("cinder", List.of("volumeID")),
          Map.entry("flexVolume", List.of("driver")),
          Map.entry("azureFile", List.of("secretName", "shareName")),
          Map.entry("vsphereVolume", List.of("volumePath")),
          Map.entry("photonPersistentDisk", List.of("pdID")),
          Map.entry("portworxVolume", List.of("volumeID")),
          Map.entry("azureDisk", List.of("diskName", "diskURI")),
          Map.entry("scaleIO", List.of("gateway", "system", "volumeName")),
          Map.entry("local", List.of("path")),
          Map.entry("storageos", List.of("volumeName")),
          Map.entry("csi", List.of("volumeHandle")));

  private VolumeSources() {}

  /** The fields of which one says where the data is. */
  static List<Field> fields() {
    return PersistentVolumeSpec.TYPE.fields().stream()
        .filter(field -> !field.inlinePath().isEmpty())
        .toList();
  }

  /**
   * Checks one source.
   *
   * @param name of its field
   */
  static void validate(String name, Struct source, Path path, FieldErrors errors) {
    if (source instanceof CSIPersistentVolumeSource csi) {
      StorageRules.checkDriverName(csi.driver(), path.child("driver"), errors);
    }
    for (String field : REQUIRED.getOrDefault(name, List.of())) {
      Object value = source.get(Objects.requireNonNull(source.structType().field(field)).index());
      if (value == null
          || value.equals("")
          || (value instanceof Collection<?> values && values.isEmpty())) {
        errors.required(path.child(field), "");
      }
    }
    disks(source, path, errors);
    switch (source) {
      case HostPathVolumeSource host -> {
        noBacksteps(host.path(), path.child("path"), errors);
        Checks.oneOf(
            host.type(),
            List.of(
                "",
                "BlockDevice",
                "CharDevice",
                "Directory",
                "DirectoryOrCreate",
                "File",
                "FileOrCreate",
                "Socket"),
            path.child("type"),
            errors);
      }
      case LocalVolumeSource local -> noBacksteps(local.path(), path.child("path"), errors);
      case NFSVolumeSource nfs -> {
        if (nfs.path() != null && !nfs.path().startsWith("/")) {
          errors.invalid(path.child("path"), nfs.path(), "must be an absolute path");
        }
      }
      case GlusterfsPersistentVolumeSource gluster -> {
        String namespace = gluster.endpointsNamespace();
        if (namespace != null && namespace.isEmpty()) {
          errors.invalid(
              path.child("endpointsNamespace"),
              namespace,
              "if the endpointnamespace is set, it must be a valid namespace name");
        } else if (namespace != null) {
          errors.invalid(path.child("endpointsNamespace"), namespace, DnsNames.label(namespace));
        }
      }
      case FlockerVolumeSource flocker -> flocker(flocker, path, errors);
      case QuobyteVolumeSource quobyte -> quobyte(quobyte, path, errors);
      case ISCSIPersistentVolumeSource iscsi -> iscsi(iscsi, path, errors);
      case FCVolumeSource fc -> fibre(fc, path, errors);
      case AzureFilePersistentVolumeSource file -> {
        if (file.secretNamespace() != null && file.secretNamespace().isEmpty()) {
          errors.invalid(path.child("secretNamespace"), "", "must not be empty");
        }
      }
      case AzureDiskVolumeSource disk -> azureDisk(disk, path, errors);
      case StorageOSPersistentVolumeSource os -> {
        optionalLabel(os.volumeName(), path.child("volumeName"), errors);
        optionalLabel(os.volumeNamespace(), path.child("volumeNamespace"), errors);
      }
      case CSIPersistentVolumeSource csi -> {
        secret(csi.controllerPublishSecretRef(), path.child("controllerPublishSecretRef"), errors);
        secret(csi.controllerExpandSecretRef(), path.child("controllerExpandSecretRef"), errors);
        secret(csi.nodePublishSecretRef(), path.child("nodePublishSecretRef"), errors);
        secret(csi.nodeExpandSecretRef(), path.child("nodeExpandSecretRef"), errors);
      }
      default -> {
        // What must be there is all that is known of the others.
      }
    }
  }

  /** Disks have partitions; those of the clouds that have drivers no more are checked alike. */
  private static void disks(Struct source, Path path, FieldErrors errors) {
    Field partition = source.structType().field("partition");
    if (partition != null && source.get(partition.index()) instanceof Integer number) {
      if (number < 0 || number > 255) {
        errors.invalid(path.child("partition"), number, "must be between 1 and 255, inclusive");
      }
    }
  }

  private static void noBacksteps(@Nullable String path, Path at, FieldErrors errors) {
    if (path != null && List.of(path.split("/", -1)).contains("..")) {
      errors.invalid(at, path, "must not contain '..'");
    }
  }

  private static void flocker(FlockerVolumeSource source, Path path, FieldErrors errors) {
    boolean named = source.datasetName() != null && !source.datasetName().isEmpty();
    boolean known = source.datasetUUID() != null && !source.datasetUUID().isEmpty();
    if (!named && !known) {
      errors.required(path, "one of datasetName and datasetUUID is required");
    } else if (named && known) {
      errors.invalid(
          path, "resource", "datasetName and datasetUUID can not be specified simultaneously");
    }
    if (named && String.valueOf(source.datasetName()).contains("/")) {
      errors.invalid(path.child("datasetName"), source.datasetName(), "must not contain '/'");
    }
  }

  private static void quobyte(QuobyteVolumeSource source, Path path, FieldErrors errors) {
    String registry = source.registry() == null ? "" : source.registry();
    if (registry.isEmpty()) {
      errors.required(
          path.child("registry"), "must be a host:port pair or multiple pairs separated by commas");
    } else if (registry.length() >= 65) {
      errors.invalid(
          path.child("registry"),
          registry,
          "must be a host:port pair or multiple pairs separated by commas, at most 64 characters");
    }
    Checks.present(source.volume(), path.child("volume"), errors);
  }

  private static boolean isInitiator(String name) {
    return name.matches(IQN) || name.matches(EUI) || name.matches(NAA);
  }

  private static void iscsi(ISCSIPersistentVolumeSource source, Path path, FieldErrors errors) {
    String form = "must be valid format";
    String name = source.iqn();
    if (name != null && !name.isEmpty()) {
      if (!name.matches("(iqn|eui|naa).*")) {
        errors.invalid(
            path.child("iqn"), name, "must be valid format starting with iqn, eui, or naa");
      } else if (!isInitiator(name)) {
        errors.invalid(path.child("iqn"), name, form);
      }
    }
    Integer unit = source.lun();
    if (unit != null && (unit < 0 || unit > 255)) {
      errors.invalid(path.child("lun"), unit, "must be between 0 and 255, inclusive");
    }
    boolean secret =
        Boolean.TRUE.equals(source.chapAuthDiscovery())
            || Boolean.TRUE.equals(source.chapAuthSession());
    if (secret && source.secretRef() == null) {
      errors.required(path.child("secretRef"), "");
    }
    if (source.secretRef() != null) {
      Checks.present(source.secretRef().name(), path.child("secretRef", "name"), errors);
    }
    if (source.initiatorName() != null && !isInitiator(source.initiatorName())) {
      errors.invalid(path.child("initiatorname"), source.initiatorName(), form);
    }
  }

  private static void fibre(FCVolumeSource source, Path path, FieldErrors errors) {
    Path names = path.child("targetWWNs");
    if (source.targetWWNs().isEmpty() && source.wwids().isEmpty()) {
      errors.required(names, "must specify either targetWWNs or wwids, but not both");
    } else if (!source.targetWWNs().isEmpty() && !source.wwids().isEmpty()) {
      errors.invalid(
          names, source.targetWWNs(), "targetWWNs and wwids can not be specified simultaneously");
    }
    if (source.targetWWNs().isEmpty()) {
      return;
    }
    Integer unit = source.lun();
    if (unit == null) {
      errors.required(path.child("lun"), "lun is required if targetWWNs is specified");
    } else if (unit < 0 || unit > 255) {
      errors.invalid(path.child("lun"), unit, "must be between 0 and 255, inclusive");
    }
  }

  private static void azureDisk(AzureDiskVolumeSource source, Path path, FieldErrors errors) {
    Checks.oneOf(
        source.cachingMode(),
        List.of("None", "ReadOnly", "ReadWrite"),
        path.child("cachingMode"),
        errors);
    Checks.oneOf(
        source.kind(), List.of("Dedicated", "Managed", "Shared"), path.child("kind"), errors);
    String uri = source.diskURI() == null ? "" : source.diskURI();
    boolean managed = "Managed".equals(source.kind());
    if (managed && !uri.startsWith("/subscriptions/")) {
      errors.notSupported(
          path.child("diskURI"),
          uri,
          List.of(
              "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute"
                  + "/disks/{disk-id}"));
    } else if (!managed && source.kind() != null && !uri.startsWith("https://")) {
      errors.notSupported(
          path.child("diskURI"),
          uri,
          List.of("https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd"));
    }
  }

  private static void optionalLabel(@Nullable String name, Path path, FieldErrors errors) {
    if (name != null && !name.isEmpty()) {
      errors.invalid(path, name, DnsNames.label(name));
    }
  }

  private static void secret(@Nullable SecretReference secret, Path path, FieldErrors errors) {
    if (secret != null) {
      Checks.subdomain(secret.name(), path.child("name"), errors);
      Checks.label(secret.namespace(), path.child("namespace"), errors);
    }
  }
}
