package dev.tiphys.apiserver.strategy;

import dev.tiphys.api.core.v1.AzureDiskVolumeSource;
import dev.tiphys.api.core.v1.AzureFilePersistentVolumeSource;
import dev.tiphys.api.core.v1.CSIPersistentVolumeSource;
import dev.tiphys.api.core.v1.CinderPersistentVolumeSource;
import dev.tiphys.api.core.v1.CinderVolumeSource;
import dev.tiphys.api.core.v1.FCVolumeSource;
import dev.tiphys.api.core.v1.FlexPersistentVolumeSource;
import dev.tiphys.api.core.v1.FlexVolumeSource;
import dev.tiphys.api.core.v1.FlockerVolumeSource;
import dev.tiphys.api.core.v1.GlusterfsPersistentVolumeSource;
import dev.tiphys.api.core.v1.HostPathVolumeSource;
import dev.tiphys.api.core.v1.ISCSIPersistentVolumeSource;
import dev.tiphys.api.core.v1.ISCSIVolumeSource;
import dev.tiphys.api.core.v1.LocalObjectReference;
import dev.tiphys.api.core.v1.LocalVolumeSource;
import dev.tiphys.api.core.v1.NFSVolumeSource;
import dev.tiphys.api.core.v1.QuobyteVolumeSource;
import dev.tiphys.api.core.v1.SecretReference;
import dev.tiphys.api.core.v1.StorageOSPersistentVolumeSource;
import dev.tiphys.api.core.v1.StorageOSVolumeSource;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.schema.Field;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with where a volume's data is, for the kinds of sources that both pods and
 * persistent volumes name. Pure.
 */
public final class VolumeSources {

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
  private static final int LONGEST_DRIVER_NAME = 63;

  private static final int LONGEST_TENANT = 64;
  private static final String HOST_AND_PORT = "(\\[[^\\[\\]]*]|[^:\\[\\]]*):[^:\\[\\]]*";
  private static final String IQN = "iqn\\.\\d{4}-\\d{2}\\.([a-zA-Z0-9.-]+)(:[^,;*&$|\\s]+)";
  private static final String INITIATOR = "must be valid format";
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
          Map.entry("gitRepo", List.of("repository")),
          Map.entry("persistentVolumeClaim", List.of("claimName")),
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

  /**
   * Checks one source.
   *
   * @param kind the name of its field
   * @param volume where the volume is
   */
  public static void validate(String kind, Struct source, Path volume, FieldErrors errors) {
    // Clients know errors of this source by the name that the field had once.
    Path path = volume.child(kind.equals("gcePersistentDisk") ? "persistentDisk" : kind);
    if (source instanceof CSIPersistentVolumeSource csi) {
      driverName(csi.driver(), path.child("driver"), errors);
    }
    for (String name : REQUIRED.getOrDefault(kind, List.of())) {
      // A pod names less of some kinds than a persistent volume.
      Field field = source.structType().field(name);
      Object value = field == null ? null : source.get(field.index());
      boolean missing =
          value == null
              || value.equals("")
              || (value instanceof Collection<?> values && values.isEmpty());
      if (field != null && missing) {
        errors.required(path.child(name), "");
      }
    }
    disks(source, path, errors);
    switch (source) {
      case HostPathVolumeSource host -> {
        LocalPaths.checkNoBacksteps(text(host.path()), path.child("path"), errors);
        Checks.oneOf(host.type(), HOST_PATH_TYPES, path.child("type"), errors);
      }
      case LocalVolumeSource local ->
          LocalPaths.checkNoBacksteps(text(local.path()), path.child("path"), errors);
      case NFSVolumeSource nfs -> {
        if (!text(nfs.path()).startsWith("/")) {
          errors.invalid(path.child("path"), text(nfs.path()), "must be an absolute path");
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
      case ISCSIVolumeSource iscsi ->
          iscsi(iscsi, INITIATOR + " starting with iqn, eui, or naa", path, errors);
      case ISCSIPersistentVolumeSource iscsi -> {
        iscsi(inPod(iscsi), INITIATOR, path, errors);
        if (iscsi.secretRef() != null) {
          Checks.present(iscsi.secretRef().name(), path.child("secretRef", "name"), errors);
        }
      }
      case CinderVolumeSource cinder -> {
        if (cinder.secretRef() != null) {
          Checks.present(cinder.secretRef().name(), path.child("secretRef", "name"), errors);
        }
      }
      case CinderPersistentVolumeSource cinder -> {
        if (cinder.secretRef() != null) {
          inNamespace(cinder.secretRef(), path.child("secretRef"), errors);
        }
      }
      case FlexVolumeSource flex -> options(flex.options(), path.child("options"), errors);
      case FlexPersistentVolumeSource flex ->
          options(flex.options(), path.child("options"), errors);
      case StorageOSVolumeSource os -> {
        optionalLabel(os.volumeName(), path.child("volumeName"), errors);
        optionalLabel(os.volumeNamespace(), path.child("volumeNamespace"), errors);
        if (os.secretRef() != null) {
          Checks.present(os.secretRef().name(), path.child("secretRef", "name"), errors);
        }
      }
      case FCVolumeSource fc -> fibre(fc, path, errors);
      case AzureFilePersistentVolumeSource file -> {
        if (file.secretNamespace() != null && file.secretNamespace().isEmpty()) {
          errors.required(path.child("secretNamespace"), "");
        }
      }
      case AzureDiskVolumeSource disk -> azureDisk(disk, path, errors);
      case StorageOSPersistentVolumeSource os -> {
        optionalLabel(os.volumeName(), path.child("volumeName"), errors);
        optionalLabel(os.volumeNamespace(), path.child("volumeNamespace"), errors);
        if (os.secretRef() != null) {
          inNamespace(
              SecretReference.builder()
                  .name(os.secretRef().name())
                  .namespace(os.secretRef().namespace())
                  .build(),
              path.child("secretRef"),
              errors);
        }
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
    String pairs = "must be a host:port pair or multiple pairs separated by commas";
    if (registry.isEmpty()) {
      errors.required(path.child("registry"), pairs);
    } else if (text(source.tenant()).length() > LONGEST_TENANT) {
      errors.required(
          path.child("tenant"), "must be a UUID and may not exceed a length of 64 characters");
    } else {
      for (String pair : registry.split(",", -1)) {
        if (!pair.matches(HOST_AND_PORT)) {
          errors.invalid(path.child("registry"), registry, pairs);
        }
      }
    }
    Checks.present(source.volume(), path.child("volume"), errors);
  }

  /** The fields that both have. */
  private static ISCSIVolumeSource inPod(ISCSIPersistentVolumeSource source) {
    return ISCSIVolumeSource.builder()
        .iqn(source.iqn())
        .lun(source.lun())
        .initiatorName(source.initiatorName())
        .chapAuthDiscovery(source.chapAuthDiscovery())
        .chapAuthSession(source.chapAuthSession())
        .secretRef(source.secretRef() == null ? null : LocalObjectReference.EMPTY)
        .build();
  }

  /**
   * Checks what both have.
   *
   * @param unknown what is wrong with names that start like none that there are
   */
  private static void iscsi(
      ISCSIVolumeSource source, String unknown, Path path, FieldErrors errors) {
    if (source.iqn() != null && !source.iqn().isEmpty()) {
      initiator(source.iqn(), unknown, path.child("iqn"), errors);
    }
    Checks.within(source.lun(), 0, 255, path.child("lun"), errors);
    boolean secret =
        Boolean.TRUE.equals(source.chapAuthDiscovery())
            || Boolean.TRUE.equals(source.chapAuthSession());
    if (secret && source.secretRef() == null) {
      errors.required(path.child("secretRef"), "");
    }
    if (source.initiatorName() != null) {
      initiator(source.initiatorName(), unknown, path.child("initiatorname"), errors);
    }
  }

  private static void initiator(String name, String unknown, Path path, FieldErrors errors) {
    if (!name.matches("(iqn|eui|naa).*")) {
      errors.invalid(path, name, unknown);
    } else if (!name.matches(IQN) && !name.matches(EUI) && !name.matches(NAA)) {
      errors.invalid(path, name, INITIATOR);
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

  /** The name of a CSI driver: a subdomain, of any case. */
  public static void driverName(@Nullable String name, Path path, FieldErrors errors) {
    String driver = text(name);
    if (driver.isEmpty()) {
      errors.required(path, "");
    }
    if (driver.length() > LONGEST_DRIVER_NAME) {
      errors.add(FieldError.tooLong(path, LONGEST_DRIVER_NAME));
    }
    errors.invalid(path, driver, DnsNames.subdomain(driver.toLowerCase(Locale.ROOT)));
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
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
    if (source.lun() == null) {
      errors.required(path.child("lun"), "lun is required if targetWWNs is specified");
    }
    Checks.within(source.lun(), 0, 255, path.child("lun"), errors);
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

  private static void inNamespace(SecretReference secret, Path path, FieldErrors errors) {
    Checks.present(secret.name(), path.child("name"), errors);
    Checks.present(secret.namespace(), path.child("namespace"), errors);
  }

  private static void secret(@Nullable SecretReference secret, Path path, FieldErrors errors) {
    if (secret != null) {
      Checks.subdomain(secret.name(), path.child("name"), errors);
      Checks.label(secret.namespace(), path.child("namespace"), errors);
    }
  }
}
